// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgrescalls.h"

#include "command/postgresparser.h"
#include "command/postgrestreewalk.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The last part of a name that may have a schema.
void addName(QStringList& names, PgQuery__Node* const* parts, size_t count)
{
    if (count == 0 || parts[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING)
        return;
    const QString name = QString::fromUtf8(parts[count - 1]->string->sval);
    if (!names.contains(name))
        names.append(name);
}

void addRelation(QList<TableName>& relations, const PgQuery__RangeVar& table)
{
    const TableName name { QString::fromUtf8(table.schemaname), QString::fromUtf8(table.relname) };
    if (!relations.contains(name))
        relations.append(name);
}

bool isSystemColumn(const PgQuery__ColumnRef& column)
{
    static const QStringList names { u"xmin"_s, u"xmax"_s, u"cmin"_s, u"cmax"_s, u"ctid"_s };
    QStringList parts;
    addName(parts, column.fields, column.n_fields);
    return !parts.isEmpty() && names.contains(parts.constFirst());
}

} // namespace

bool mayTellTime(QStringView text)
{
    constexpr qsizetype longest = 40;
    static constexpr std::array words { "now"_L1, "today"_L1, "tomorrow"_L1, "yesterday"_L1 };
    return text.size() <= longest
        && std::ranges::any_of(words, [&](auto word) { return text.contains(word, Qt::CaseInsensitive); });
}

void addPostgresCalls(const ProtobufCMessage& message, StatementInfo::Calls& calls)
{
    const ProtobufCMessageDescriptor* kind = message.descriptor;
    if (kind == &pg_query__func_call__descriptor) {
        const auto& call = reinterpret_cast<const PgQuery__FuncCall&>(message);
        addName(calls.functions, call.funcname, call.n_funcname);
    } else if (kind == &pg_query__a__expr__descriptor) {
        const auto& expression = reinterpret_cast<const PgQuery__AExpr&>(message);
        addName(calls.operators, expression.name, expression.n_name);
    } else if (kind == &pg_query__range_var__descriptor) {
        addRelation(calls.relations, reinterpret_cast<const PgQuery__RangeVar&>(message));
    } else if (kind == &pg_query__column_ref__descriptor) {
        const auto& column = reinterpret_cast<const PgQuery__ColumnRef&>(message);
        calls.readsSystemColumns = calls.readsSystemColumns || isSystemColumn(column);
    } else if (kind == &pg_query__sqlvalue_function__descriptor) {
        calls.tellsTime = true;
    } else if (kind == &pg_query__set_to_default__descriptor) {
        calls.setsDefault = true;
    } else if (kind == &pg_query__a__const__descriptor) {
        const auto& constant = reinterpret_cast<const PgQuery__AConst&>(message);
        calls.tellsTime = calls.tellsTime
            || (constant.val_case == PG_QUERY__A__CONST__VAL_SVAL
                && mayTellTime(QString::fromUtf8(constant.sval->sval)));
    }
}

Result<StatementInfo::Calls> postgresExpressionCalls(const QString& expression)
{
    const auto tree = parsePostgres("SELECT " + expression.toUtf8());
    if (!tree)
        return tree.error();
    StatementInfo::Calls calls;
    walkPostgresTree((*tree)->base, [&](const ProtobufCMessage& message) { addPostgresCalls(message, calls); });
    return calls;
}

} // namespace holdpoint
