// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/heldlocks.h"
#include "target/target.h"

namespace holdpoint {

/// The one lock that a writer has, on the whole file; SQLite does not tell who waits for it. The times are left at 0.
[[nodiscard]] HeldLocks fileLock(const Target& target);

} // namespace holdpoint
