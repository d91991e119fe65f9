// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteforeignkeys.h"

#include "effects/sqlitereading.h"

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A row of PRAGMA foreign_key_check: table, rowid, parent, key.
Error brokenKey(const SqliteReading& row)
{
    const QString child = row.text(0);
    const QString parent = row.text(2);
    const QString which = row.isNull(1) ? u"a row"_s : u"the row with rowid %1"_s.arg(row.integer(1));
    Error error = makeError(ErrorKind::Statement, u"FOREIGN KEY constraint failed"_s,
                            u"%1 of %2 refers to a row of %3 that is not there"_s.arg(which, child, parent));
    error.table = child;
    error.nativeCode = SQLITE_CONSTRAINT_FOREIGNKEY;
    return error;
}

Result<qint64> countBroken(sqlite3* handle, std::optional<Error>& last)
{
    SqliteReading rows(handle, "PRAGMA foreign_key_check");
    qint64 count = 0;
    while (rows.next()) {
        ++count;
        last = brokenKey(rows);
    }
    return rows.failed() ? Result<qint64>(rows.error()) : count;
}

} // namespace

Result<qint64> brokenForeignKeys(sqlite3* handle)
{
    std::optional<Error> last;
    return countBroken(handle, last);
}

Result<void> checkForeignKeys(sqlite3* handle, qint64 before)
{
    std::optional<Error> last;
    const auto now = countBroken(handle, last);
    if (!now)
        return now.error();
    return *now > before ? Result<void>(*last) : Result<void>();
}

Result<void> checkDeferredForeignKeys(sqlite3* handle)
{
    int pending = 0;
    int highest = 0;
    sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &pending, &highest, 0);
    if (pending == 0)
        return {};
    std::optional<Error> last;
    const auto counted = countBroken(handle, last);
    if (!counted)
        return counted.error();
    if (last)
        return *last;
    Error error = makeError(ErrorKind::Statement, u"FOREIGN KEY constraint failed"_s);
    error.nativeCode = SQLITE_CONSTRAINT_FOREIGNKEY;
    return error;
}

} // namespace holdpoint
