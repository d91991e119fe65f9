// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresdefinitions.h"

#include <QMap>

using namespace Qt::StringLiterals;

namespace holdpoint::postgres {

namespace {

struct Source
{
    const char* kind;
    const char* catalog;
    const char* oid; // of the object that the row describes
};

constexpr auto ownedSequences = "(SELECT d.objid AS oid, d.xmin, d.xmax FROM pg_depend d"
                                " WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'a')";
constexpr auto members = "(SELECT d.refobjid AS oid, d.xmin, d.xmax FROM pg_depend d WHERE d.deptype = 'e')";
constexpr auto extensionsNeeded = "(SELECT d.objid AS oid, d.xmin, d.xmax FROM pg_depend d WHERE d.deptype = 'x')";
constexpr auto toastOptions
    = "(SELECT c.oid, t.xmin, t.xmax FROM pg_class t JOIN pg_class c ON c.reltoastrelid = t.oid)";

/// What belongs to a table (columns, constraints, …) is part of its definition.
constexpr Source sources[] = {
    { "relation", "pg_class", "oid" },
    { "relation", "pg_attribute", "attrelid" },
    { "relation", "pg_attrdef", "adrelid" },
    { "relation", "pg_constraint", "conrelid" },
    { "relation", "pg_index", "indexrelid" },
    { "relation", "pg_inherits", "inhrelid" },
    { "relation", "pg_sequence", "seqrelid" },
    { "relation", ownedSequences, "oid" },
    { "relation", toastOptions, "oid" },
    { "rule", "pg_rewrite", "oid" },
    { "relation", "pg_rewrite", "ev_class" },
    { "trigger", "pg_trigger", "oid" },
    { "policy", "pg_policy", "oid" },
    { "function", "pg_proc", "oid" },
    { "type", "pg_type", "oid" },
    { "type", "pg_enum", "enumtypid" },
    { "type", "pg_range", "rngtypid" },
    { "type", "pg_constraint", "contypid" },
    { "schema", "pg_namespace", "oid" },
    { "extension", "pg_extension", "oid" },
    { "extension", members, "oid" },
    { "comment", "pg_description", "objoid" },
    { "dependency", extensionsNeeded, "oid" },
};

QByteArray unionOfSources()
{
    QByteArrayList parts;
    for (const Source& source : sources)
        parts.append("SELECT '"_ba + source.kind + "' AS kind, k." + source.oid + "::int8 AS oid FROM " + source.catalog
                     + " k WHERE @changed@");
    return "SELECT DISTINCT kind, oid FROM (" + parts.join(" UNION ALL ") + ") changed WHERE oid <> 0";
}

/// Temporary objects, TOAST tables and the row types of tables are left out.
const QByteArray relation = R"sql(
SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'i' THEN 'index '
            WHEN 'I' THEN 'index ' WHEN 'S' THEN 'sequence ' WHEN 'c' THEN 'type ' WHEN 'f' THEN 'foreign table '
            ELSE 'table ' END || n.nspname || '.' || c.relname, @definition@
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = $1::int8::oid AND c.relpersistence <> 't' AND c.relkind <> 't' AND n.nspname <> 'pg_toast')sql";

const QByteArray relationDefinition = R"sql(
       c.relname || ' ' || CASE
       WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) || coalesce(' defaults ' ||
              (SELECT string_agg(a.attname || ' ' || pg_get_expr(d.adbin, d.adrelid), ', ' ORDER BY a.attnum)
                 FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                WHERE d.adrelid = c.oid), '')
       WHEN c.relkind IN ('i', 'I') THEN pg_get_indexdef(c.oid) || (SELECT CASE WHEN i.indisclustered
              THEN ' clustered' ELSE '' END || CASE WHEN i.indisreplident THEN ' replica identity' ELSE '' END
              FROM pg_index i WHERE i.indexrelid = c.oid)
              || coalesce(' statistics ' || (SELECT string_agg(a.attname || ' ' || a.attstattarget, ', ' ORDER BY a.attnum)
                   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0), '')
       WHEN c.relkind = 'S' THEN (SELECT format('%s start %s increment %s min %s max %s cache %s cycle %s',
              format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
              FROM pg_sequence s WHERE s.seqrelid = c.oid)
              || coalesce(' owned by ' || (SELECT d.refobjid::regclass || '.' || quote_ident(a.attname)
                   FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                  WHERE @ownership@), '')
       ELSE '(' || concat_ws(', ',
         (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attcollation <> t.typcollation THEN 'collate ' || a.attcollation::regcollation END,
                 CASE WHEN a.attnotnull THEN 'not null' END,
                 CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity' END,
                 CASE WHEN d.oid IS NOT NULL THEN CASE a.attgenerated WHEN '' THEN 'default ' ELSE 'generated as ' END
                      || pg_get_expr(d.adbin, d.adrelid) END,
                 CASE WHEN a.attstorage <> t.typstorage THEN 'storage ' || a.attstorage::text END,
                 'compression ' || nullif(@compression@, ''),
                 'options (' || array_to_string(a.attfdwoptions, ', ') || ')',
                 'statistics ' || nullif(a.attstattarget, -1),
                 'with (' || array_to_string(a.attoptions, ', ') || ')',
                 'privileges ' || a.attacl::text), ', ' ORDER BY a.attnum)
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
         (SELECT string_agg('constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname)
            FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 't')) || ')' END
       || coalesce(' inherits ' || (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
            FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relkind NOT IN ('i', 'I')), '')
       || coalesce(' ' || pg_get_expr(c.relpartbound, c.oid), '')
       || CASE WHEN c.relkind = 'p' THEN ' partition by ' || pg_get_partkeydef(c.oid) ELSE '' END
       || CASE WHEN c.relrowsecurity THEN ' row level security' ELSE '' END
       || CASE WHEN c.relforcerowsecurity THEN ' forced on its owner' ELSE '' END
       || CASE WHEN c.relreplident IN ('f', 'i') THEN ' replica identity ' || c.relreplident::text ELSE '' END
       || CASE WHEN c.relpersistence = 'u' THEN ' unlogged' ELSE '' END
       || CASE WHEN c.reloftype <> 0 THEN ' of ' || c.reloftype::regtype ELSE '' END
       || coalesce(' using ' || (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam AND m.amname NOT IN ('heap', 'btree')
                                    AND c.relkind NOT IN ('i', 'I')), '')
       || coalesce(' tablespace ' || (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace), '')
       || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
       || coalesce(' with (toast.' || (SELECT array_to_string(t.reloptions, ', toast.') FROM pg_class t
                                        WHERE t.oid = c.reltoastrelid) || ')', '')
       || coalesce(' owner ' || c.relowner::regrole::text, '')
       || coalesce(' privileges ' || c.relacl::text, ''))sql";

// Expressions stand as the server's own parse trees.
const QByteArray relationRaw = R"sql(
       concat_ws(' ', c.relname, c.relnamespace, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity,
         c.relreplident::text, c.relpersistence::text, c.reloptions::text, c.reloftype, c.relam, c.reltablespace,
         c.relowner, c.relacl::text, md5(c.relpartbound::text),
         (SELECT string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attidentity::text,
                 a.attgenerated::text, a.attstorage::text, a.attstattarget, a.attoptions::text, a.attacl::text,
                 @compression@, a.attfdwoptions::text, md5(d.adbin::text)), ', ' ORDER BY a.attnum)
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
         (SELECT string_agg(concat_ws(' ', k.conname, k.contype::text, k.condeferrable, k.condeferred, k.convalidated, k.conkey::text,
                 k.confrelid, k.confkey::text, k.confupdtype::text, k.confdeltype::text, md5(k.conbin::text)), ', ' ORDER BY k.conname)
            FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 't'),
         (SELECT string_agg(i.inhparent::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
         (SELECT concat_ws(' ', i.indrelid, i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text, i.indisunique,
                 i.indisprimary, i.indisvalid, i.indisclustered, i.indisreplident, md5(i.indexprs::text), md5(i.indpred::text))
            FROM pg_index i WHERE i.indexrelid = c.oid),
         (SELECT md5(string_agg(r.ev_action::text, '')) FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename = '_RETURN'),
         (SELECT concat_ws(' ', s.seqtypid, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
            FROM pg_sequence s WHERE s.seqrelid = c.oid),
         (SELECT concat_ws('.', d.refobjid, d.refobjsubid) FROM pg_depend d WHERE @ownership@),
         (SELECT t.reloptions::text FROM pg_class t WHERE t.oid = c.reltoastrelid)))sql";

const QByteArray function = R"sql(
SELECT CASE p.prokind WHEN 'a' THEN 'aggregate ' WHEN 'p' THEN 'procedure ' ELSE 'function ' END || n.nspname || '.'
       || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', @definition@
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.oid = $1::int8::oid AND NOT pg_is_other_temp_schema(n.oid))sql";

const QByteArray functionDefinition = R"sql(
       CASE WHEN p.prokind = 'a' THEN p.proname ELSE pg_get_functiondef(p.oid) END
       || coalesce(' owner ' || p.proowner::regrole::text, '') || coalesce(' privileges ' || p.proacl::text, ''))sql";

const QByteArray type = R"sql(
SELECT 'type ' || n.nspname || '.' || t.typname, @definition@
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.oid = $1::int8::oid AND NOT pg_is_other_temp_schema(n.oid) AND t.typelem = 0 AND n.nspname <> 'pg_toast'
   AND t.typtype <> 'm' AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid))sql";

const QByteArray typeDefinition = R"sql(
       t.typname || ' ' || CASE t.typtype
       WHEN 'e' THEN 'enum (' || coalesce((SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                                    FROM pg_enum e WHERE e.enumtypid = t.oid), '') || ')'
       WHEN 'd' THEN 'domain ' || concat_ws(' ', format_type(t.typbasetype, t.typtypmod), 'default ' || t.typdefault,
              CASE WHEN t.typnotnull THEN 'not null' END,
              (SELECT string_agg('constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname)
                 FROM pg_constraint k WHERE k.contypid = t.oid))
       WHEN 'r' THEN 'range of ' || (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)
       ELSE 'base' END || coalesce(' owner ' || t.typowner::regrole::text, '')
       || coalesce(' privileges ' || t.typacl::text, ''))sql";

const QByteArray trigger = R"sql(
SELECT 'trigger ' || g.tgname || ' on ' || g.tgrelid::regclass, @definition@
  FROM pg_trigger g WHERE g.oid = $1::int8::oid AND NOT g.tgisinternal)sql";

const QByteArray rule = R"sql(
SELECT 'rule ' || r.rulename || ' on ' || r.ev_class::regclass, @definition@
  FROM pg_rewrite r WHERE r.oid = $1::int8::oid AND r.rulename <> '_RETURN')sql";

const QByteArray policy = R"sql(
SELECT 'policy ' || p.polname || ' on ' || p.polrelid::regclass, @definition@
  FROM pg_policy p WHERE p.oid = $1::int8::oid)sql";

const QByteArray policyDefinition = R"sql(
       concat_ws(' ', 'for', p.polcmd::text, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                 'to', p.polroles::regrole[]::text, 'using ' || pg_get_expr(p.polqual, p.polrelid),
                 'with check ' || pg_get_expr(p.polwithcheck, p.polrelid)))sql";

const QByteArray schema = R"sql(
SELECT 'schema ' || n.nspname, @definition@ FROM pg_namespace n
 WHERE n.oid = $1::int8::oid AND n.nspname !~ '^pg_(toast_)?temp_')sql";

const QByteArray schemaDefinition = "n.nspname || coalesce(' owner ' || n.nspowner::regrole::text, '')"
                                    " || coalesce(' privileges ' || n.nspacl::text, '')";

const QByteArray extension = R"sql(
SELECT 'extension ' || e.extname, @definition@ FROM pg_extension e WHERE e.oid = $1::int8::oid)sql";

// Of an object and of its columns.
const QByteArray comment = R"sql(
SELECT 'comment on ' || coalesce(pg_describe_object(d.classoid, d.objoid, 0), 'an object'), @definition@
  FROM pg_description d WHERE d.objoid = $1::int8::oid GROUP BY d.classoid, d.objoid ORDER BY d.classoid)sql";

const QByteArray commentDefinition
    = "string_agg(CASE d.objsubid WHEN 0 THEN '' ELSE 'column ' || d.objsubid || ': ' END || d.description, '; '"
      " ORDER BY d.objsubid)";

const QByteArray dependency = R"sql(
SELECT 'dependency of ' || coalesce(pg_describe_object(d.classid, d.objid, 0), 'an object'), @definition@
  FROM pg_depend d WHERE d.objid = $1::int8::oid AND d.deptype = 'x' GROUP BY d.classid, d.objid ORDER BY d.classid)sql";

const QByteArray dependencyDefinition
    = "string_agg(pg_describe_object(d.refclassid, d.refobjid, 0), ', ' ORDER BY d.refobjid)";

const QByteArray extensionDefinition
    = "e.extversion || ' with ' || (SELECT count(*) FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass"
      " AND d.refobjid = e.oid AND d.deptype = 'e') || ' objects'";

const QByteArray triggerRaw
    = "concat_ws(' ', g.tgname, g.tgtype, g.tgfoid, g.tgenabled::text, g.tgdeferrable, g.tginitdeferred,"
      " g.tgattr::text, g.tgargs::text, md5(g.tgqual::text))";
const QByteArray ruleRaw
    = "concat_ws(' ', r.rulename, r.ev_type::text, r.ev_enabled::text, r.is_instead, md5(r.ev_qual::text),"
      " md5(r.ev_action::text))";
const QByteArray policyRaw
    = "concat_ws(' ', p.polname, p.polcmd::text, p.polpermissive, p.polroles::text, md5(p.polqual::text),"
      " md5(p.polwithcheck::text))";
const QByteArray functionRaw = "md5(p::text)";

struct Query
{
    QByteArray frame;
    QByteArray definition;
    QByteArray raw;
};

const Query& queryOf(const QString& kind)
{
    static const QMap<QString, Query> queries {
        { u"relation"_s, { relation, relationDefinition, relationRaw } },
        { u"function"_s, { function, functionDefinition, functionRaw } },
        { u"type"_s, { type, typeDefinition, typeDefinition } },
        { u"trigger"_s, { trigger, "pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text", triggerRaw } },
        { u"rule"_s, { rule, "pg_get_ruledef(r.oid) || ' ' || r.ev_enabled::text", ruleRaw } },
        { u"policy"_s, { policy, policyDefinition, policyRaw } },
        { u"schema"_s, { schema, schemaDefinition, schemaDefinition } },
        { u"extension"_s, { extension, extensionDefinition, extensionDefinition } },
        { u"comment"_s, { comment, commentDefinition, commentDefinition } },
        { u"dependency"_s, { dependency, dependencyDefinition, dependencyDefinition } },
    };
    return *queries.constFind(kind);
}

/// Of the sequence `c` by the column `d` that it was made for or was given to.
constexpr auto ownership = "d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'"
                           " AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND c.relkind = 'S'";

/// PostgreSQL 13 has no such column, and finds the outer one.
constexpr auto compression = "(SELECT (SELECT attcompression::text FROM pg_attribute b"
                             " WHERE b.attrelid = a.attrelid AND b.attnum = a.attnum)"
                             " FROM (SELECT ''::text AS attcompression) none)";

QByteArray framed(const Query& query, const QByteArray& definition)
{
    return QByteArray(query.frame)
        .replace("@definition@", definition)
        .replace("@ownership@", ownership)
        .replace("@compression@", compression);
}

} // namespace

const QByteArray changedObjects = unionOfSources();

QByteArray definitions(const QString& kind)
{
    return framed(queryOf(kind), queryOf(kind).definition);
}

QByteArray rawDefinitions(const QString& kind)
{
    return framed(queryOf(kind), queryOf(kind).raw);
}

} // namespace holdpoint::postgres
