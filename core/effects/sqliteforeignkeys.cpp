// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteforeignkeys.h"

#include "effects/keymatch.h"
#include "effects/sqlitekeyvalues.h"
#include "session/sqlitevalue.h"

#include <algorithm>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A row of PRAGMA foreign_key_check: table, rowid, parent, key.
QString brokenText(const SqliteReading& row)
{
    const QString which = row.isNull(1) ? u"a row"_s : u"the row with rowid %1"_s.arg(row.integer(1));
    return u"%1 of %2 refers to a row of %3 that is not there (key %4)"_s.arg(which, row.text(0), row.text(2),
                                                                              QString::number(row.integer(3)));
}

Error brokenKey(const QString& text, const QString& table)
{
    Error error = makeError(ErrorKind::Statement, u"FOREIGN KEY constraint failed"_s, text);
    error.table = table;
    error.nativeCode = SQLITE_CONSTRAINT_FOREIGNKEY;
    return error;
}

} // namespace

Result<SqliteDanglings> brokenRows(sqlite3* handle, const SqliteForeignKey& key)
{
    QByteArrayList columns;
    QByteArrayList refers;
    QByteArrayList same;
    for (qsizetype i = 0; i < key.columns.size(); ++i) {
        const QByteArray own = "c." + quotedSqlite(key.columns.at(i));
        columns.append(own);
        refers.append(own + " IS NOT NULL");
        // A column with a sign has no affinity, and stands second: the parent's column decides how they compare.
        same.append("p." + quotedSqlite(key.referenced.at(i)) + " = +" + own);
    }
    const auto table = [&](const QByteArray& name) { return quotedSqlite(key.database) + '.' + quotedSqlite(name); };
    SqliteReading rows(handle,
                       "SELECT " + columns.join(", ") + " FROM " + table(key.child) + " c WHERE " + refers.join(" AND ")
                           + " AND NOT EXISTS (SELECT 1 FROM " + table(key.parent) + " p WHERE " + same.join(" AND ")
                           + ')');
    const QList<int> places = placesOf(key);
    SqliteDanglings broken;
    while (rows.next()) {
        const Row values = sqliteRow(rows.statement());
        SqliteDangling& found = broken[keyBytes(values, places)];
        found.values = values;
        ++found.rows;
    }
    return rows.failed() ? Result<SqliteDanglings>(rows.error()) : broken;
}

SqliteDanglings newlyBroken(SqliteDanglings now, const SqliteDanglings& before)
{
    for (auto value = now.begin(); value != now.end(); ++value)
        value->rows -= before.value(value.key()).rows;
    now.removeIf([](const auto value) { return value->rows <= 0; });
    return now;
}

Result<void> checkDeferredForeignKeys(sqlite3* handle)
{
    int pending = 0;
    int highest = 0;
    sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &pending, &highest, 0);
    if (pending == 0)
        return {};
    SqliteReading rows(handle, "PRAGMA foreign_key_check");
    if (rows.next())
        return brokenKey(brokenText(rows), rows.text(0));
    return rows.failed() ? rows.error() : brokenKey({}, {});
}

} // namespace holdpoint
