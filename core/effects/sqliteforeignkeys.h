// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QHash>

struct sqlite3;

namespace holdpoint {

/// Rows that refer to rows that are not there: by rowid, parent and key, how often (rows without a rowid are counted).
using SqliteBrokenKeys = QHash<QString, qint64>;
/// Those of one table, which is read as a whole.
[[nodiscard]] Result<SqliteBrokenKeys> brokenForeignKeys(sqlite3* handle, const QByteArray& database,
                                                         const QByteArray& table);
/// An error that names a row, if there is one that was not there before.
[[nodiscard]] Result<void> checkNoneIsNew(const QByteArray& table, const SqliteBrokenKeys& now,
                                          const SqliteBrokenKeys& before);
/// An error that names a row, if a deferred foreign key would make COMMIT fail.
[[nodiscard]] Result<void> checkDeferredForeignKeys(sqlite3* handle);

} // namespace holdpoint
