// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/sqlitekeyrules.h"

#include <QHash>
#include <QStringList>

namespace holdpoint {

/// Rows that refer to rows that are not there: by rowid and key, how often (rows without a rowid are counted).
using SqliteBrokenKeys = QHash<QString, qint64>;
/// Those of one key, by SQLite's rules. The table is read as a whole. What other keys it has is of no matter: SQLite's
/// own check fails for all of them if one refers to columns that are not unique.
[[nodiscard]] Result<SqliteBrokenKeys> brokenRows(sqlite3* handle, const SqliteForeignKey& key);
/// Those that were not there before.
[[nodiscard]] QStringList newlyBroken(const SqliteBrokenKeys& now, const SqliteBrokenKeys& before);
/// An error that names a row, if a deferred foreign key would make COMMIT fail.
[[nodiscard]] Result<void> checkDeferredForeignKeys(sqlite3* handle);

} // namespace holdpoint
