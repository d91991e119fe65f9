// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreswrittentable.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Ordinary is not what looks at the text of its statement, which is to be the operator's (817: current_query()).
constexpr auto tableQuery = R"sql(
SELECT c.oid::int8, n.nspname, c.relname,
       c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
         AND NOT (c.relhasrules AND EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid))
         AND NOT (c.relhastriggers AND EXISTS (
               SELECT FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
                WHERE g.tgrelid = c.oid AND NOT g.tgisinternal
                  AND p.prosrc ~* '\m(current_query|pg_stat_activity|pg_stat_get_activity)\M'))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef d
                          WHERE d.adrelid = c.oid AND d.adbin::text LIKE '%:funcid 817 %'),
       c.relkind = 'r' AND c.relhassubclass AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid),
       c.relhastriggers AND EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
       to_jsonb(ARRAY(SELECT a.attname FROM pg_catalog.pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(number, position)
                        JOIN pg_catalog.pg_attribute a ON a.attnum = k.number
                       WHERE i.indrelid = c.oid AND i.indisprimary AND k.position <= i.indnkeyatts
                         AND a.attrelid = c.oid ORDER BY k.position))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = to_regclass(CASE WHEN $1 = '' THEN '' ELSE quote_ident($1) || '.' END || quote_ident($2)))sql";

constexpr auto childrenQuery = R"sql(
WITH RECURSIVE below(oid) AS (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = $1::int8::oid
    UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent = below.oid)
SELECT n.nspname, c.relname FROM below JOIN pg_catalog.pg_class c USING (oid) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)sql";

constexpr qsizetype mostRecent = 4;

/// The notes() of a connection, the latest first.
struct RecentNames
{
    QList<TableName> names;
};

Statement tableQuestion(const TableName& name)
{
    return { tableQuery, { Value::text(name.schema), Value::text(name.table) }, true };
}

/// Without those that inherit from it.
PostgresWrittenTable tableOf(const Rowset& found)
{
    PostgresWrittenTable table;
    if (found.rows.isEmpty())
        return table;
    const Row& row = found.rows.constFirst();
    table.oid = row.at(0).toInteger();
    table.inherited = row.at(4).toBoolean();
    table.ordinary = row.at(3).toBoolean() && !table.inherited;
    table.triggers = row.at(5).toBoolean();
    table.key = namesIn(row.at(6));
    table.tables = { { row.at(1).toText(), row.at(2).toText() } };
    return table;
}

} // namespace

Result<PostgresWrittenTable> readWrittenTable(Connection& connection, const TableName& name)
{
    const auto found = connection.query(tableQuestion(name));
    if (!found)
        return found.error();
    PostgresWrittenTable table = tableOf(*found);
    if (!table.inherited)
        return table;
    const auto children = connection.query({ childrenQuery, { Value::integer(table.oid) }, true });
    if (!children)
        return children.error();
    for (const Row& child : children->rows)
        table.tables.append({ child.at(0).toText(), child.at(1).toText() });
    return table;
}

void PostgresRecentTables::ask(PostgresConnection& now)
{
    // Should one of them fail, and the transaction with it, the next one does not ask again.
    const QList<TableName> names = std::exchange(now.notes<RecentNames>().names, {});
    m_answers->clear();
    for (const TableName& name : names)
        m_answers->append({ name, {}, {} });
    const auto into = [answers = m_answers](qsizetype index, Rowset Answer::*part) {
        return [answers, index, part](Result<Rowset> rows) {
            if (rows && index < answers->size())
                (*answers)[index].*part = std::move(*rows);
        };
    };
    for (qsizetype i = 0; i < names.size(); ++i) {
        now.submit(tableQuestion(names.at(i)), into(i, &Answer::table));
        now.submit(shapeQuestion(names.at(i)), into(i, &Answer::shape));
    }
    m_waits = !names.isEmpty();
    now.push();
}

std::optional<PostgresRecentTables::Known> PostgresRecentTables::find(PostgresConnection& now, const TableName& name)
{
    if (std::exchange(m_waits, false))
        std::ignore = now.wait(); // an error is the connection's, and the next question gets it too
    QList<TableName>& recent = now.notes<RecentNames>().names;
    recent.removeOne(name);
    recent.prepend(name);
    recent.resize(std::min(recent.size(), mostRecent));
    const auto known = std::ranges::find(*m_answers, name, &Answer::name);
    if (known == m_answers->cend())
        return {};
    Known found { tableOf(known->table), shapeOf(known->shape) };
    if (found.table.tables.isEmpty() || found.table.inherited)
        return {};
    return found;
}

} // namespace holdpoint
