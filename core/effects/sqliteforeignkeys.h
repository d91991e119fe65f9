// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

struct sqlite3;

namespace holdpoint {

/// How many rows of all tables refer to rows that are not there.
[[nodiscard]] Result<qint64> brokenForeignKeys(sqlite3* handle);
/// An error that names a row, if there are more than `before`.
[[nodiscard]] Result<void> checkForeignKeys(sqlite3* handle, qint64 before);
/// An error that names a row, if a deferred foreign key would make COMMIT fail.
[[nodiscard]] Result<void> checkDeferredForeignKeys(sqlite3* handle);

} // namespace holdpoint
