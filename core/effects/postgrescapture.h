// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/capture.h"

namespace holdpoint {

[[nodiscard]] std::unique_ptr<Capture> postgresCapture(Connection& connection);

} // namespace holdpoint
