// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresacts.h"

#include "command/postgrestreewalk.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString textOf(const PgQuery__Node& node)
{
    return node.node_case == PG_QUERY__NODE__NODE_STRING ? QString::fromUtf8(node.string->sval) : QString();
}

/// Null for what is no constant. A cast of a constant is one too: 'f'::bool.
QString constantOf(const PgQuery__Node& node)
{
    if (node.node_case == PG_QUERY__NODE__NODE_TYPE_CAST && node.type_cast->arg != nullptr)
        return constantOf(*node.type_cast->arg);
    if (node.node_case != PG_QUERY__NODE__NODE_A_CONST || node.a_const->isnull)
        return {};
    const PgQuery__AConst& constant = *node.a_const;
    switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_SVAL: return QString::fromUtf8(constant.sval->sval);
    case PG_QUERY__A__CONST__VAL_BOOLVAL: return constant.boolval->boolval ? u"true"_s : u"false"_s;
    case PG_QUERY__A__CONST__VAL_IVAL: return QString::number(constant.ival->ival);
    default: return {};
    }
}

PostgresAct callOf(const PgQuery__FuncCall& call)
{
    PostgresAct act;
    if (call.n_funcname > 0)
        act.name = textOf(*call.funcname[call.n_funcname - 1]);
    if (call.n_funcname > 1)
        act.schema = textOf(*call.funcname[call.n_funcname - 2]);
    QStringList arguments;
    for (size_t i = 0; i < call.n_args; ++i)
        arguments.append(constantOf(*call.args[i]));
    act.arguments = tellingArguments(act.name, arguments);
    return act;
}

QList<PostgresAct> actsOfBlock(const PgQuery__DoStmt& block)
{
    QString language = u"plpgsql"_s;
    QString body;
    for (size_t i = 0; i < block.n_args; ++i) {
        if (block.args[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM || block.args[i]->def_elem->arg == nullptr)
            continue;
        const PgQuery__DefElem& part = *block.args[i]->def_elem;
        (qstrcmp(part.defname, "language") == 0 ? language : body) = textOf(*part.arg);
    }
    QList<PostgresAct> acts { { PostgresAct::Kind::Language, {}, language, {} } };
    return language == "plpgsql"_L1 ? acts + postgresActsInBody(body.toUtf8()) : acts;
}

/// Stores expressions and bodies that run later, if at all.
bool onlyStores(PgQuery__Node__NodeCase kind)
{
    switch (kind) {
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
    case PG_QUERY__NODE__NODE_VIEW_STMT:
    case PG_QUERY__NODE__NODE_RULE_STMT:
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
    case PG_QUERY__NODE__NODE_CREATE_STMT: return true;
    default: return false;
    }
}

} // namespace

QList<PostgresAct> postgresActs(const PgQuery__Node& statement)
{
    QList<PostgresAct> acts;
    if (onlyStores(statement.node_case))
        return acts;
    if (statement.node_case == PG_QUERY__NODE__NODE_DO_STMT)
        return actsOfBlock(*statement.do_stmt);
    if (statement.node_case == PG_QUERY__NODE__NODE_NOTIFY_STMT)
        acts.append({ PostgresAct::Kind::Notify, {}, QString::fromUtf8(statement.notify_stmt->conditionname), {} });
    if (statement.node_case == PG_QUERY__NODE__NODE_COPY_STMT && *statement.copy_stmt->filename != '\0')
        acts.append({ PostgresAct::Kind::ServerFile, {}, QString::fromUtf8(statement.copy_stmt->filename), {} });
    walkPostgresTree(statement.base, [&acts](const ProtobufCMessage& message) {
        if (message.descriptor != &pg_query__func_call__descriptor)
            return;
        PostgresAct act = callOf(reinterpret_cast<const PgQuery__FuncCall&>(message));
        if (!acts.contains(act))
            acts.append(std::move(act));
    });
    return acts;
}

} // namespace holdpoint
