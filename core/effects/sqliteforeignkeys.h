// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/sqlitekeyvalues.h"

namespace holdpoint {

/// Those of one key, by SQLite's rules. The table is read as a whole. What other keys it has is of no matter: SQLite's
/// own check fails for all of them if one refers to columns that are not unique.
[[nodiscard]] Result<SqliteDanglings> brokenRows(sqlite3* handle, const SqliteForeignKey& key);
/// Those that more rows have than before, and how many more.
[[nodiscard]] SqliteDanglings newlyBroken(SqliteDanglings now, const SqliteDanglings& before);
/// An error that names a row, if a deferred foreign key would make COMMIT fail.
[[nodiscard]] Result<void> checkDeferredForeignKeys(sqlite3* handle);

} // namespace holdpoint
