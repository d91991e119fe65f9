// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/sqlitekeyrules.h"
#include "effects/sqlitereading.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <optional>

namespace holdpoint {

[[nodiscard]] bool isSameSqliteName(const QString& left, const QByteArray& right);

/// The table of the key's database with that name; null: the effects have none.
[[nodiscard]] const TableEffects* changedTable(const TargetEffects& effects, const SqliteForeignKey& key,
                                               const QByteArray& name);

/// Some columns of the rows that effects brought to a table (`kept`), or took away, in lists that fit in memory, in
/// each of them once. False: the effects cannot tell. An error is that of `take`.
[[nodiscard]] Result<bool> changedKeyValues(const TableEffects& table, const QByteArrayList& columns, bool kept,
                                            const std::function<Result<void>(const QList<Row>& values)>& take);

/// By keyBytes().
using SqliteKeyCounts = QHash<QByteArray, qint64>;
/// How many more rows of the table have each of these values than before the effects. None: the effects cannot tell.
[[nodiscard]] std::optional<SqliteKeyCounts> keyGains(const TableEffects& table, const QByteArrayList& columns,
                                                      const QSet<QByteArray>& values);

/// The places of a value of this key: 0, 1, ...
[[nodiscard]] QList<int> placesOf(const SqliteForeignKey& key);

/// A value that leads nowhere, and how many rows have it.
struct SqliteDangling
{
    Row values;
    qint64 rows = 0;
};
/// By keyBytes().
using SqliteDanglings = QHash<QByteArray, SqliteDangling>;

/// As danglingTexts() has them, in the order of their bytes.
[[nodiscard]] QStringList danglingTexts(const SqliteForeignKey& key, const SqliteDanglings& values);

/// "SELECT 1 FROM table WHERE every column = ?", asked again and again. A parameter has no affinity and no collation:
/// the table's column decides, as SQLite's foreign keys have it.
class SqliteKeyLookUp
{
public:
    SqliteKeyLookUp(sqlite3* handle, const QByteArray& database, const QByteArray& table,
                    const QByteArrayList& columns);

    [[nodiscard]] Result<bool> finds(const Row& values);
    /// In how many rows; if no index helps, the table is read.
    [[nodiscard]] Result<qint64> count(const Row& values);
    /// Those of the values that are not there.
    [[nodiscard]] Result<QList<Row>> missing(const QList<Row>& values);

private:
    static void bind(SqliteReading& reading, const Row& values);

    SqliteReading m_reading;
    SqliteReading m_counting;
};

} // namespace holdpoint
