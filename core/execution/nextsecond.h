// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/cancellation.h"

namespace holdpoint {

/// Waits until every clock tells another second than now; less if it is cancelled.
void waitForNextSecond(const Cancellation& cancellation);

} // namespace holdpoint
