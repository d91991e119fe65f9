// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresrewritten.h"

namespace holdpoint {

namespace {

constexpr int accessExclusive = 8; // PostgreSQL's lock mode number

void add(QList<TableName>& tables, const PgQuery__RangeVar* table)
{
    if (table != nullptr)
        tables.append({ QString::fromUtf8(table->schemaname), QString::fromUtf8(table->relname) });
}

void add(QList<TableName>& tables, size_t count, PgQuery__Node** nodes)
{
    for (size_t i = 0; i < count; ++i) {
        if (nodes[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
            add(tables, nodes[i]->range_var);
    }
}

/// DROP names its objects as lists of words; a trigger's last word is its own, the ones before its table's.
void addDropped(QList<TableName>& tables, const PgQuery__DropStmt& drop)
{
    const bool ofTable = drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER
        || drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE
        || drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY;
    const bool isTable = drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE
        || drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
        || drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE;
    for (size_t i = 0; (ofTable || isTable) && i < drop.n_objects; ++i) {
        if (drop.objects[i]->node_case != PG_QUERY__NODE__NODE_LIST)
            continue;
        QStringList words;
        const PgQuery__List& list = *drop.objects[i]->list;
        for (size_t word = 0; word < list.n_items; ++word) {
            if (list.items[word]->node_case == PG_QUERY__NODE__NODE_STRING)
                words.append(QString::fromUtf8(list.items[word]->string->sval));
        }
        if (ofTable && !words.isEmpty())
            words.removeLast();
        if (!words.isEmpty())
            tables.append({ words.size() > 1 ? words.at(words.size() - 2) : QString(), words.constLast() });
    }
}

void addAltered(QList<TableName>& tables, const PgQuery__AlterTableStmt& alter)
{
    add(tables, alter.relation);
    for (size_t i = 0; i < alter.n_cmds; ++i) {
        const PgQuery__Node* def = alter.cmds[i]->alter_table_cmd->def;
        if (def != nullptr && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD)
            add(tables, def->partition_cmd->name);
    }
}

} // namespace

QList<TableName> postgresRewritten(const PgQuery__Node& statement)
{
    QList<TableName> tables;
    switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        add(tables, statement.truncate_stmt->n_relations, statement.truncate_stmt->relations);
        break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: addAltered(tables, *statement.alter_table_stmt); break;
    case PG_QUERY__NODE__NODE_DROP_STMT: addDropped(tables, *statement.drop_stmt); break;
    case PG_QUERY__NODE__NODE_RENAME_STMT: add(tables, statement.rename_stmt->relation); break;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        add(tables, statement.alter_object_schema_stmt->relation);
        break;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT: add(tables, statement.cluster_stmt->relation); break;
    case PG_QUERY__NODE__NODE_RULE_STMT: add(tables, statement.rule_stmt->relation); break;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT: add(tables, statement.create_policy_stmt->table); break;
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT: add(tables, statement.alter_policy_stmt->table); break;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT: add(tables, statement.refresh_mat_view_stmt->relation); break;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        if (statement.lock_stmt->mode == accessExclusive)
            add(tables, statement.lock_stmt->n_relations, statement.lock_stmt->relations);
        break;
    default: break;
    }
    return tables;
}

} // namespace holdpoint
