// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreswrittentable.h"

#include "effects/postgresrelation.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto tableQuery = R"sql(
SELECT c.oid::int8, n.nspname, c.relname,
       c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)
         AND NOT (c.relhasrules AND EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid)),
       c.relkind = 'r' AND c.relhassubclass AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),
       c.relhastriggers AND EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
       to_jsonb(ARRAY(SELECT a.attname FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k(number, position)
                        JOIN pg_attribute a ON a.attnum = k.number
                       WHERE i.indrelid = c.oid AND i.indisprimary AND k.position <= i.indnkeyatts
                         AND a.attrelid = c.oid ORDER BY k.position))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = to_regclass(CASE WHEN $1 = '' THEN '' ELSE quote_ident($1) || '.' END || quote_ident($2)))sql";

constexpr auto childrenQuery = R"sql(
WITH RECURSIVE below(oid) AS (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::int8::oid
    UNION SELECT i.inhrelid FROM pg_inherits i JOIN below ON i.inhparent = below.oid)
SELECT n.nspname, c.relname FROM below JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace)sql";

} // namespace

Result<PostgresWrittenTable> readWrittenTable(Connection& connection, const TableName& name)
{
    const auto found = connection.query({ tableQuery, { Value::text(name.schema), Value::text(name.table) }, true });
    if (!found)
        return found.error();
    PostgresWrittenTable table;
    if (found->rows.isEmpty())
        return table;
    const Row& row = found->rows.constFirst();
    table.oid = row.at(0).toInteger();
    const bool inherited = row.at(4).toBoolean();
    table.ordinary = row.at(3).toBoolean() && !inherited;
    table.triggers = row.at(5).toBoolean();
    table.key = namesIn(row.at(6));
    table.tables = { { row.at(1).toText(), row.at(2).toText() } };
    if (!inherited)
        return table;
    const auto children = connection.query({ childrenQuery, { row.at(0) }, true });
    if (!children)
        return children.error();
    for (const Row& child : children->rows)
        table.tables.append({ child.at(0).toText(), child.at(1).toText() });
    return table;
}

} // namespace holdpoint
