// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresnamedvalues.h"

#include <span>

namespace holdpoint {

namespace {

using Nodes = std::span<PgQuery__Node* const>;

/// The text of a constant that is not NULL; none if it is something else.
std::optional<QByteArray> constantIn(const PgQuery__Node& node)
{
    if (node.node_case == PG_QUERY__NODE__NODE_TYPE_CAST && node.type_cast->arg != nullptr)
        return constantIn(*node.type_cast->arg);
    if (node.node_case != PG_QUERY__NODE__NODE_A_CONST || node.a_const->isnull)
        return {};
    switch (node.a_const->val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL: return QByteArray::number(node.a_const->ival->ival);
    case PG_QUERY__A__CONST__VAL_FVAL: return QByteArray(node.a_const->fval->fval);
    case PG_QUERY__A__CONST__VAL_SVAL: return QByteArray(node.a_const->sval->sval);
    default: return {};
    }
}

std::optional<QByteArray> arrayOf(Nodes elements)
{
    QByteArray array;
    for (const PgQuery__Node* element : elements) {
        auto text = constantIn(*element);
        if (!text)
            return {};
        array += array.isEmpty() ? "{\"" : ",\"";
        array += text->replace('\\', "\\\\").replace('"', "\\\"");
        array += '"';
    }
    return array.isEmpty() ? std::nullopt : std::optional(array + '}');
}

bool isEquals(const PgQuery__AExpr& expression)
{
    return expression.n_name == 1 && expression.name[0]->node_case == PG_QUERY__NODE__NODE_STRING
        && qstrcmp(expression.name[0]->string->sval, "=") == 0;
}

QString columnIn(const PgQuery__Node& node)
{
    if (node.node_case != PG_QUERY__NODE__NODE_COLUMN_REF || node.column_ref->n_fields == 0)
        return {};
    const PgQuery__Node& last = *node.column_ref->fields[node.column_ref->n_fields - 1];
    return last.node_case == PG_QUERY__NODE__NODE_STRING ? QString::fromUtf8(last.string->sval) : QString();
}

std::optional<QByteArray> valuesIn(const PgQuery__AExpr& expression)
{
    const PgQuery__Node& right = *expression.rexpr;
    switch (expression.kind) {
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP: {
        PgQuery__Node* only = expression.rexpr;
        return arrayOf({ &only, 1 });
    }
    case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
        if (right.node_case == PG_QUERY__NODE__NODE_A_ARRAY_EXPR)
            return arrayOf({ right.a_array_expr->elements, right.a_array_expr->n_elements });
        return constantIn(right);
    case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
        if (right.node_case == PG_QUERY__NODE__NODE_LIST)
            return arrayOf({ right.list->items, right.list->n_items });
        return {};
    default: return {};
    }
}

void add(const PgQuery__Node& condition, QList<StatementInfo::NamedValues>& named)
{
    if (condition.node_case == PG_QUERY__NODE__NODE_BOOL_EXPR) {
        if (condition.bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
            for (const PgQuery__Node* part : Nodes(condition.bool_expr->args, condition.bool_expr->n_args))
                add(*part, named);
        }
        return;
    }
    if (condition.node_case != PG_QUERY__NODE__NODE_A_EXPR)
        return;
    const PgQuery__AExpr& expression = *condition.a_expr;
    if (expression.lexpr == nullptr || expression.rexpr == nullptr || !isEquals(expression))
        return;
    const QString column = columnIn(*expression.lexpr);
    const auto values = column.isEmpty() ? std::nullopt : valuesIn(expression);
    if (values)
        named.append({ column, *values });
}

} // namespace

QList<StatementInfo::NamedValues> postgresNamedValues(const PgQuery__UpdateStmt& update)
{
    QList<StatementInfo::NamedValues> named;
    if (update.where_clause != nullptr && update.n_from_clause == 0)
        add(*update.where_clause, named);
    return named;
}

} // namespace holdpoint
