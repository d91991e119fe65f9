// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace holdpoint {

/// The name of a SQLite VFS that is the default one, but for its clock: that is one second ahead. Any thread.
[[nodiscard]] QString sqliteLaterClock();

} // namespace holdpoint
