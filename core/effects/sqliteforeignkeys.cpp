// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteforeignkeys.h"

#include "effects/sqlitereading.h"

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

Result<SqliteBrokenKeys> brokenForeignKeys(sqlite3* handle, const QByteArray& database, const QByteArray& table)
{
    SqliteReading rows(handle, "PRAGMA " + quotedSqlite(database) + ".foreign_key_check(" + quotedSqlite(table) + ')');
    SqliteBrokenKeys broken;
    while (rows.next())
        ++broken[brokenText(rows)];
    return rows.failed() ? Result<SqliteBrokenKeys>(rows.error()) : broken;
}

Result<void> checkNoneIsNew(const QByteArray& table, const SqliteBrokenKeys& now, const SqliteBrokenKeys& before)
{
    for (auto row = now.begin(); row != now.end(); ++row) {
        if (row.value() > before.value(row.key()))
            return brokenKey(row.key(), QString::fromUtf8(table));
    }
    return {};
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
