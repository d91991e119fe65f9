// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslinks.h"

#include "effects/postgrestouched.h"

namespace holdpoint {

namespace {

// A key's columns may stand in the index in any order, but first.
constexpr auto linksQuery = R"sql(
SELECT f.confrelid::int8, f.conrelid::int8,
       to_jsonb(ARRAY(SELECT a.attname FROM unnest(f.confkey) WITH ORDINALITY k(number, position)
                        JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number ORDER BY k.position)),
       to_jsonb(ARRAY(SELECT a.attname FROM unnest(f.conkey) WITH ORDINALITY k(number, position)
                        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number ORDER BY k.position))
  FROM pg_constraint f
 WHERE f.contype = 'f' AND f.conrelid = ANY ($1::int8[]::oid[]) AND f.confrelid = ANY ($1::int8[]::oid[])
   AND (f.confdeltype IN ('c', 'n', 'd') OR f.confupdtype IN ('c', 'n', 'd'))
   AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indisvalid AND i.indpred IS NULL
                  AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey))sql";

constexpr auto risingQuery = R"sql(
SELECT DISTINCT ON (i.indrelid) i.indrelid::int8, a.attname
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
 WHERE i.indrelid = ANY ($1::int8[]::oid[]) AND i.indisvalid AND i.indpred IS NULL
   AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
   AND (i.indisprimary OR a.attidentity <> '' OR a.atthasdef)
 ORDER BY i.indrelid, a.attidentity <> '' OR a.atthasdef DESC, i.indnatts)sql";

} // namespace

Result<QList<PostgresLink>> readLinks(Connection& connection, const QList<qint64>& oids)
{
    const auto rows = connection.query({ linksQuery, { arrayOf(oids) }, true });
    if (!rows)
        return rows.error();
    QList<PostgresLink> links;
    for (const Row& row : rows->rows)
        links.append({ row.at(0).toInteger(), row.at(1).toInteger(), namesIn(row.at(2)), namesIn(row.at(3)) });
    return links;
}

Result<QHash<qint64, QString>> readRisingColumns(Connection& connection, const QList<qint64>& oids)
{
    const auto rows = connection.query({ risingQuery, { arrayOf(oids) }, true });
    if (!rows)
        return rows.error();
    QHash<qint64, QString> columns;
    for (const Row& row : rows->rows)
        columns.insert(row.at(0).toInteger(), row.at(1).toText());
    return columns;
}

} // namespace holdpoint
