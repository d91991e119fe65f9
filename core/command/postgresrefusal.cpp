// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresrefusal.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

const QString transaction = u"the batch's one transaction is begun and ended by Holdpoint"_s;
const QString noBlock = u"the server cannot run it inside a transaction"_s;
const QString noRollback = u"a rollback does not undo it"_s;
const QString session = u"it would outlive the batch in its session"_s;

QString refuse(const QString& what, const QString& why)
{
    return u"%1 cannot be part of a batch: %2"_s.arg(what, why);
}

QString refusedSet(const PgQuery__VariableSetStmt& set)
{
    static const QStringList ours { u"session_authorization"_s, u"role"_s,
                                    u"client_encoding"_s,       u"transaction_isolation"_s,
                                    u"transaction_read_only"_s, u"transaction_deferrable"_s };
    const QString name = QString::fromUtf8(set.name);
    if (set.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET || set.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL)
        return refuse(u"RESET"_s, session);
    if (name.startsWith("TRANSACTION"_L1) || name.startsWith("SESSION CHARACTERISTICS"_L1))
        return refuse(u"SET "_s + name, transaction);
    if (ours.contains(name, Qt::CaseInsensitive))
        return refuse(u"SET "_s + name, u"Holdpoint could no longer see what the batch does"_s);
    return set.is_local ? QString() : refuse(u"SET without LOCAL"_s, session + u" (SET LOCAL ends with it)"_s);
}

QString refusedCopy(const PgQuery__CopyStmt& copy)
{
    const bool hasFile = copy.filename != nullptr && *copy.filename != '\0';
    if (copy.is_program)
        return refuse(u"COPY with PROGRAM"_s, u"a rollback does not undo what the program does"_s);
    if (copy.is_from)
        return hasFile ? QString()
                       : refuse(u"COPY FROM STDIN"_s, u"its data is not in it; an import brings a CSV file"_s);
    return hasFile ? refuse(u"COPY TO a file"_s, noRollback) : refuse(u"COPY TO STDOUT"_s, u"it changes nothing"_s);
}

bool hasOption(size_t count, PgQuery__Node** options, const char* name)
{
    for (size_t i = 0; i < count; ++i) {
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM && qstrcmp(options[i]->def_elem->defname, name) == 0)
            return true;
    }
    return false;
}

QString refusedReindex(const PgQuery__ReindexStmt& reindex)
{
    if (hasOption(reindex.n_params, reindex.params, "concurrently"))
        return refuse(u"REINDEX CONCURRENTLY"_s, noBlock);
    switch (reindex.kind) {
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA:
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM:
    case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_DATABASE:
        return refuse(u"REINDEX of a whole schema or database"_s, noBlock);
    default: return {};
    }
}

QString refusedAlterTable(const PgQuery__AlterTableStmt& alter)
{
    for (size_t i = 0; i < alter.n_cmds; ++i) {
        const PgQuery__Node* def = alter.cmds[i]->alter_table_cmd->def;
        if (def != nullptr && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD && def->partition_cmd->concurrent)
            return refuse(u"DETACH PARTITION CONCURRENTLY"_s, noBlock);
    }
    return {};
}

/// Those that are refused whatever they say.
QString alwaysRefused(PgQuery__Node__NodeCase kind)
{
    switch (kind) {
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT: return refuse(u"transaction control"_s, transaction);
    case PG_QUERY__NODE__NODE_CREATEDB_STMT: return refuse(u"CREATE DATABASE"_s, noBlock);
    case PG_QUERY__NODE__NODE_DROPDB_STMT: return refuse(u"DROP DATABASE"_s, noBlock);
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT: return refuse(u"CREATE TABLESPACE"_s, noBlock);
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT: return refuse(u"DROP TABLESPACE"_s, noBlock);
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT: return refuse(u"ALTER SYSTEM"_s, noBlock);
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
        return refuse(u"a change of a subscription"_s, u"a rollback does not undo it on the other server"_s);
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT: return refuse(u"CHECKPOINT"_s, noRollback);
    case PG_QUERY__NODE__NODE_LOAD_STMT: return refuse(u"LOAD"_s, noRollback);
    case PG_QUERY__NODE__NODE_DISCARD_STMT: return refuse(u"DISCARD"_s, noRollback);
    case PG_QUERY__NODE__NODE_LISTEN_STMT: return refuse(u"LISTEN"_s, session);
    case PG_QUERY__NODE__NODE_UNLISTEN_STMT: return refuse(u"UNLISTEN"_s, session);
    case PG_QUERY__NODE__NODE_PREPARE_STMT: return refuse(u"PREPARE"_s, session);
    case PG_QUERY__NODE__NODE_EXECUTE_STMT:
        return refuse(u"EXECUTE"_s, u"nothing is prepared; write the statement itself"_s);
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT: return refuse(u"DEALLOCATE"_s, noRollback);
    default: return {};
    }
}

} // namespace

QString postgresRefusal(const PgQuery__Node& statement)
{
    constexpr int cursorHold = 0x0020; // CURSOR_OPT_HOLD
    switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        return statement.vacuum_stmt->is_vacuumcmd ? refuse(u"VACUUM"_s, noBlock) : QString();
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT: return refusedSet(*statement.variable_set_stmt);
    case PG_QUERY__NODE__NODE_COPY_STMT: return refusedCopy(*statement.copy_stmt);
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        return statement.index_stmt->concurrent ? refuse(u"CREATE INDEX CONCURRENTLY"_s, noBlock) : QString();
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return statement.drop_stmt->concurrent ? refuse(u"DROP INDEX CONCURRENTLY"_s, noBlock) : QString();
    case PG_QUERY__NODE__NODE_REINDEX_STMT: return refusedReindex(*statement.reindex_stmt);
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        return statement.cluster_stmt->relation == nullptr ? refuse(u"CLUSTER without a table"_s, noBlock) : QString();
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: return refusedAlterTable(*statement.alter_table_stmt);
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
        return (statement.declare_cursor_stmt->options & cursorHold) != 0 ? refuse(u"a cursor WITH HOLD"_s, session)
                                                                          : QString();
    default: return alwaysRefused(statement.node_case);
    }
}

} // namespace holdpoint
