// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresstatement.h"

#include "command/checkedtexts.h"
#include "command/postgresacts.h"
#include "command/postgrescalls.h"
#include "command/postgresnamedvalues.h"
#include "command/postgresparser.h"
#include "command/postgresrefusal.h"
#include "command/postgresrewritten.h"
#include "command/postgrestreewalk.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

using Kind = StatementInfo::Kind;

/// What hides below the statement's own node.
struct Below
{
    int parameters = 0;
    bool writes = false;
    bool locks = false;
    bool creates = false;
    StatementInfo::Calls calls;
};

Below lookBelow(const PgQuery__Node& statement)
{
    Below below;
    int writers = 0;
    walkPostgresTree(statement.base, [&](const ProtobufCMessage& message) {
        const ProtobufCMessageDescriptor* kind = message.descriptor;
        addPostgresCalls(message, below.calls);
        if (kind == &pg_query__param_ref__descriptor)
            below.parameters = std::max(below.parameters, reinterpret_cast<const PgQuery__ParamRef&>(message).number);
        writers += kind == &pg_query__insert_stmt__descriptor || kind == &pg_query__update_stmt__descriptor
            || kind == &pg_query__delete_stmt__descriptor || kind == &pg_query__merge_stmt__descriptor;
        below.locks = below.locks || kind == &pg_query__locking_clause__descriptor;
        below.creates = below.creates || kind == &pg_query__into_clause__descriptor;
    });
    const bool itself = statement.node_case == PG_QUERY__NODE__NODE_INSERT_STMT
        || statement.node_case == PG_QUERY__NODE__NODE_UPDATE_STMT
        || statement.node_case == PG_QUERY__NODE__NODE_DELETE_STMT;
    below.writes = writers > (itself ? 1 : 0);
    return below;
}

TableName nameOf(const PgQuery__RangeVar& table)
{
    return { QString::fromUtf8(table.schemaname), QString::fromUtf8(table.relname) };
}

bool leavesSchema(PgQuery__Node__NodeCase kind)
{
    switch (kind) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT:
    case PG_QUERY__NODE__NODE_COPY_STMT:
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
    case PG_QUERY__NODE__NODE_LOCK_STMT:
    case PG_QUERY__NODE__NODE_NOTIFY_STMT:
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
    case PG_QUERY__NODE__NODE_FETCH_STMT:
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
    case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
    case PG_QUERY__NODE__NODE_VACUUM_STMT: return true;
    default: return false; // also DO and CALL, which may do anything
    }
}

// Everything that its effects follow from stands in its own text, its tables and their triggers.
bool tellsAll(PgQuery__Node__NodeCase kind)
{
    switch (kind) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT:
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
    case PG_QUERY__NODE__NODE_LOCK_STMT:
    case PG_QUERY__NODE__NODE_NOTIFY_STMT:
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT: return true;
    default: return false;
    }
}

StatementInfo infoOf(const PgQuery__Node& statement)
{
    StatementInfo info;
    const Below below = lookBelow(statement);
    info.calls = below.calls;
    info.calls.isOpaque = !tellsAll(statement.node_case);
    const auto writes = [&](Kind kind, const PgQuery__RangeVar& table, size_t returned) {
        info.kind = below.writes ? Kind::Other : kind;
        info.written = below.writes ? TableName() : nameOf(table);
        info.writtenAs = QString::fromUtf8(table.alias != nullptr ? table.alias->aliasname : table.relname);
        info.returns = returned > 0;
    };
    switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        writes(Kind::Insert, *statement.insert_stmt->relation, statement.insert_stmt->n_returning_list);
        info.onConflict = statement.insert_stmt->on_conflict_clause != nullptr;
        break;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        writes(Kind::Update, *statement.update_stmt->relation, statement.update_stmt->n_returning_list);
        info.named = postgresNamedValues(*statement.update_stmt);
        break;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        writes(Kind::Delete, *statement.delete_stmt->relation, statement.delete_stmt->n_returning_list);
        break;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        if (!below.writes && !below.locks && !below.creates)
            info.kind = Kind::Read;
        break;
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT: info.kind = Kind::Read; break;
    default: break;
    }
    info.changesSchema = !leavesSchema(statement.node_case) || below.creates;
    info.rewritten = postgresRewritten(statement);
    info.acts = postgresActs(statement);
    // A function's body counts its arguments in the same way.
    if (statement.node_case != PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT)
        info.parameterCount = below.parameters;
    return info;
}

Result<StatementInfo> check(const QByteArray& text)
{
    const auto tree = parsePostgres(text);
    if (!tree)
        return tree.error();
    const PgQuery__ParseResult& parsed = **tree;
    if (parsed.n_stmts == 0)
        return postgresErrorAt(text, 0, u"there is no statement"_s);
    const auto placeOf = [&text](const PgQuery__RawStmt& raw) {
        return raw.stmt_location + firstPostgresToken(text.mid(raw.stmt_location));
    };
    if (parsed.n_stmts > 1)
        return postgresErrorAt(text, placeOf(*parsed.stmts[1]),
                               u"a command is one statement, and here begins a second"_s);
    const PgQuery__Node& statement = *parsed.stmts[0]->stmt;
    if (const QString refusal = postgresRefusal(statement); !refusal.isEmpty())
        return postgresErrorAt(text, placeOf(*parsed.stmts[0]), refusal);
    return infoOf(statement);
}

} // namespace

Result<StatementInfo> checkPostgresStatement(const QString& text)
{
    static thread_local CheckedTexts known;
    return known.info(text, [&] { return check(text.toUtf8()); });
}

std::optional<QByteArray> postgresReturning(const QByteArray& text, const StatementInfo& info,
                                            const QByteArrayList& columns)
{
    if (info.returns || info.kind == Kind::Read || info.kind == Kind::Other)
        return {};
    QByteArray name = info.writtenAs.toUtf8();
    name = '"' + name.replace('"', "\"\"") + "\".";
    qsizetype end = text.size();
    while (end > 0 && QByteArrayView(" \t\r\n;").contains(text.at(end - 1)))
        --end;
    const QByteArray longer = text.first(end) + "\nRETURNING " + name + columns.join(", " + name);
    const auto checked = checkPostgresStatement(QString::fromUtf8(longer));
    if (!checked || !checked->returns || checked->kind != info.kind || checked->written != info.written
        || checked->writtenAs != info.writtenAs)
        return {};
    return longer;
}

} // namespace holdpoint
