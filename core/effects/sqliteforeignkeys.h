// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/sqlitekeyrules.h"

#include <QHash>

namespace holdpoint {

/// A value that leads nowhere, and how many rows have it.
struct SqliteBrokenKey
{
    Row values;
    qint64 rows = 0;
};
/// By keyBytes().
using SqliteBrokenKeys = QHash<QByteArray, SqliteBrokenKey>;
/// Those of one key, by SQLite's rules. The table is read as a whole. What other keys it has is of no matter: SQLite's
/// own check fails for all of them if one refers to columns that are not unique.
[[nodiscard]] Result<SqliteBrokenKeys> brokenRows(sqlite3* handle, const SqliteForeignKey& key);
/// The values that more rows have than before.
[[nodiscard]] QList<Row> newlyBroken(const SqliteBrokenKeys& now, const SqliteBrokenKeys& before);
/// An error that names a row, if a deferred foreign key would make COMMIT fail.
[[nodiscard]] Result<void> checkDeferredForeignKeys(sqlite3* handle);

} // namespace holdpoint
