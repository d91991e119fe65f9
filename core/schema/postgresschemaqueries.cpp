// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/postgresschemaqueries.h"

namespace holdpoint::postgres {

const QByteArray tableColumns = R"sql(
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text,
       EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
       EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid),
       has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid),
       CASE WHEN c.reltuples < 0 THEN -1 ELSE c.reltuples END::int8
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f'))sql";

const QByteArray visibleTables = R"sql(
   AND n.nspname <> 'information_schema' AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast'
   AND NOT pg_is_other_temp_schema(n.oid) AND has_schema_privilege(n.oid, 'USAGE')
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C")sql";

const QByteArray tableInSearchPath = " AND c.oid = to_regclass(quote_ident($1))";

const QByteArray tableInSchema = " AND c.relname = $1 AND n.nspname = $2";

// A type is comparable if its base type (behind domains and arrays) has a default operator class for equality.
// A composite type may contain what is not, so it does not count; regclass and its like are compared as oid, which does
// not read their text.
const QByteArray columns = R"sql(
SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull,
       a.attgenerated <> '', a.attidentity <> '',
       (WITH RECURSIVE base(oid) AS (
               SELECT a.atttypid
         UNION SELECT CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.typelem END
                 FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid WHERE t.typtype = 'd' OR t.typcategory = 'A')
        SELECT coalesce(bool_and(t.typtype IN ('e', 'r', 'm') OR EXISTS (
                 SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod AND m.amname IN ('btree', 'hash')
                  WHERE o.opcdefault AND (o.opcintype = t.oid OR EXISTS (
                    SELECT FROM pg_catalog.pg_cast k WHERE k.castsource = t.oid AND k.casttarget = o.opcintype
                       AND k.castmethod = 'b' AND k.castcontext = 'i' AND k.casttarget <> 'oid'::regtype)))), false)
          FROM base JOIN pg_catalog.pg_type t ON t.oid = base.oid WHERE t.typtype <> 'd' AND t.typcategory <> 'A'),
       coalesce(k.position, 0)::int4, a.attidentity = 'a'
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN (SELECT p.attnum, p.position FROM pg_catalog.pg_index i,
                    unnest(i.indkey::int2[]) WITH ORDINALITY p(attnum, position)
              WHERE i.indrelid = $1::int8::oid AND i.indisprimary AND p.position <= i.indnkeyatts) k
         ON k.attnum = a.attnum
 WHERE a.attrelid = $1::int8::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum)sql";

const QByteArray foreignKeys = R"sql(
WITH actions(letter, words) AS (
  VALUES ('a', 'NO ACTION'), ('r', 'RESTRICT'), ('c', 'CASCADE'), ('n', 'SET NULL'), ('d', 'SET DEFAULT'))
SELECT f.conname, a.attname, n.nspname, r.relname, ra.attname,
       (SELECT words FROM actions WHERE letter = f.confdeltype::text),
       (SELECT words FROM actions WHERE letter = f.confupdtype::text), f.condeferrable
  FROM pg_catalog.pg_constraint f
  JOIN pg_catalog.pg_class r ON r.oid = f.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 CROSS JOIN unnest(f.conkey, f.confkey) WITH ORDINALITY k(own, other, position)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.own
  JOIN pg_catalog.pg_attribute ra ON ra.attrelid = f.confrelid AND ra.attnum = k.other
 WHERE f.conrelid = $1::int8::oid AND f.contype = 'f' AND (f.conparentid = 0 OR NOT EXISTS (
         SELECT FROM pg_catalog.pg_constraint p WHERE p.oid = f.conparentid AND p.conrelid = f.conrelid))
 ORDER BY f.conname COLLATE "C", k.position)sql";

const QByteArray triggers = R"sql(
SELECT tgname, pg_get_triggerdef(oid), tgenabled IN ('O', 'A') FROM pg_catalog.pg_trigger
 WHERE tgrelid = $1::int8::oid AND NOT tgisinternal ORDER BY tgname COLLATE "C")sql";

// By value: plain columns of types whose equal values are printed alike, under a collation that tells all apart, and
// where NULL is in nobody's way.
// What an expression or a condition reads stands in pg_depend.
const QByteArray uniqueKeys = R"sql(
WITH keys AS (
  SELECT i.indexrelid, i.indrelid, i.indisprimary, i.indkey::int2[] AS attnums, i.indnkeyatts,
         i.indexprs IS NULL AND i.indpred IS NULL AND NOT i.indisexclusion
         AND to_jsonb(i) ->> 'indnullsnotdistinct' IS DISTINCT FROM 'true' AND NOT EXISTS (
           SELECT FROM unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY u (attnum, collation_oid, n)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum
             JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
             LEFT JOIN pg_catalog.pg_collation l ON l.oid = u.collation_oid
            WHERE u.n <= i.indnkeyatts
              AND (NOT coalesce(l.collisdeterministic, true) OR t.typtype <> 'e' AND t.oid <> ALL (ARRAY[
                   'bool', 'int2', 'int4', 'int8', 'oid', 'text', 'varchar', 'name', 'uuid', 'bytea', 'date', 'time',
                   'timestamp', 'timestamptz', 'inet', 'macaddr']::regtype[]))) AS by_value
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relname = $2 AND (i.indisunique OR i.indisexclusion))
SELECT DISTINCT k.indexrelid::int8, a.attname, k.by_value
  FROM keys k
  JOIN pg_catalog.pg_attribute a ON a.attrelid = k.indrelid AND a.attnum > 0
   AND (a.attnum = ANY (k.attnums[0 : k.indnkeyatts - 1]) OR NOT k.by_value AND EXISTS (
        SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = k.indexrelid
           AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = k.indrelid AND d.refobjsubid = a.attnum))
 WHERE NOT (k.by_value AND k.indisprimary)
 ORDER BY 1, 2)sql";

} // namespace holdpoint::postgres
