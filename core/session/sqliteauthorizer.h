// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QStringList>

#include <utility>

namespace holdpoint {

/// One thing that a statement does with a table, in the order in which SQLite's compiler comes across it.
struct SqliteAccess
{
    enum class Kind { Read, Insert, Update, Delete, Create, Select, Call };
    Kind kind = Kind::Read;
    QByteArray within; ///< the trigger, view or common table expression; empty: the statement or a foreign key
    QByteArray database;
    QByteArray table;
    QByteArray column; ///< of Read and Update; "ROWID" for a rowid that is no column. Of Call the function's name
    friend bool operator==(const SqliteAccess&, const SqliteAccess&) = default;
};

/// What SQLite's compiler said that one statement does, seen by its authorizer.
struct SqliteActions
{
    /// Tables that ALTER TABLE and DROP TABLE name themselves, as (database, table).
    QList<std::pair<QString, QString>> rewritten;
    bool changesRows = false; ///< inserts, updates or deletes rows of a table that is not the schema
    bool changesSchema = false;
    QStringList functions; ///< that it calls, in its views and triggers too; not those of columns' defaults
    QList<SqliteAccess> accesses; ///< but for those of the schema's tables
    QString denied; ///< what was refused, empty if nothing
};

/// A PRAGMA that only reads, with this argument (null for none). What is not known to only read does not.
[[nodiscard]] bool isReadingPragma(QByteArrayView name, const char* argument);

/// Adds one callback of the authorizer to `actions`. Guarded text is the operator's: transaction control,
/// ATTACH, DETACH and PRAGMAs that write are denied. Returns SQLITE_OK or SQLITE_DENY.
int authorizeSqlite(SqliteActions& actions, bool guarded, int action, const char* first, const char* second,
                    const char* database, const char* within);

} // namespace holdpoint
