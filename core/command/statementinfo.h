// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/namedvalue.h"
#include "command/postgresact.h"
#include "target/target.h"

#include <QStringList>

namespace holdpoint {

/// What the engine's own parser says of one statement, without a database.
struct StatementInfo
{
    enum class Kind {
        Read, ///< a query without a locking or modifying clause (its functions may still write)
        Insert, ///< a plain INSERT, UPDATE, DELETE on one table, without WITH that writes
        Update,
        Delete,
        Other, ///< everything else: DDL, MERGE, DO, COPY, calls
    };
    Kind kind = Kind::Other;
    TableName written; ///< of Insert, Update, Delete
    bool returns = false; ///< it has a RETURNING clause
    bool onConflict = false; ///< INSERT ... ON CONFLICT
    QList<TableName> rewritten; ///< tables named by TRUNCATE, ALTER TABLE, DROP TABLE
    bool changesSchema = false;
    QList<PostgresAct> acts; ///< PostgreSQL: what it does beside rows, and the functions that it calls
    /// PostgreSQL: what may give other values when it is run again.
    struct Calls
    {
        QStringList functions; ///< without schemas
        QStringList operators;
        QList<TableName> relations; ///< every table or view that it names
        bool tellsTime = false; ///< CURRENT_TIMESTAMP and its like, or a text as 'now'
        bool readsSystemColumns = false; ///< xmin, ctid and their like
        bool setsDefault = false; ///< DEFAULT as a value
        bool isOpaque = false; ///< DO, CALL, DDL: the text does not tell
    };
    Calls calls;
    /// PostgreSQL: a column that the condition of an UPDATE compares with constants, and an array literal of them. Only
    /// rows with one of these values are changed.
    struct NamedValues
    {
        QString column;
        QByteArray array;
    };
    QList<NamedValues> named;
    QString writtenAs; ///< PostgreSQL: the name by which the statement calls the table that it writes
    static constexpr int unknownCount = -1;
    int parameterCount = 0; ///< the highest parameter number; unknownCount if only the database can tell
};

/// Parses one statement with the engine's own grammar (libpg_query; sqlite3_prepare with an authorizer).
/// Error: a syntax error, more than one statement, none, or one that is refused in a batch (transaction
/// control, and what cannot be rolled back); `position` is in characters from 1. A name that only a
/// database could resolve is not an error. Any thread.
[[nodiscard]] Result<StatementInfo> checkStatement(EngineKind engine, const QString& text);

/// One statement of a script, and the line (from 1) on which it begins.
struct ScriptStatement
{
    QString text;
    int line = 1;
};
/// Splits a script into statements by the engine's own scanner; comments and empty statements between are dropped.
[[nodiscard]] Result<QList<ScriptStatement>> splitScript(EngineKind engine, const QString& script);

} // namespace holdpoint
