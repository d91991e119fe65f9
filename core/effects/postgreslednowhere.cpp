// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslednowhere.h"

#include "effects/dangling.h"
#include "effects/postgresaside.h"
#include "effects/postgreskeyvalues.h"
#include "effects/undoable.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A partition's own key is left out: which rows of its root are in it, the effects do not tell. The types are those
// whose values are equal only if their texts are, on both sides.
constexpr auto keysQuery = R"sql(
SELECT coalesce(pg_partition_root(p.oid), p.oid)::int8, cn.nspname, c.relname, pn.nspname || '.' || p.relname,
       to_json(array_agg(a.attname ORDER BY u.n))::text, to_json(array_agg(b.attname ORDER BY u.n))::text,
       format('SELECT %s, count(*) FROM ROWS FROM (%s) v (%s) JOIN %s c ON %s GROUP BY %s',
              string_agg('v.hp' || u.n, ', ' ORDER BY u.n),
              string_agg(format('json_array_elements_text($%s::json)', u.n), ', ' ORDER BY u.n),
              string_agg('hp' || u.n, ', ' ORDER BY u.n),
              CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || c.oid::regclass,
              string_agg(format('v.hp%s::%s OPERATOR(%I.%s) c.%I', u.n, format_type(b.atttypid, b.atttypmod),
                                s.nspname, o.oprname, a.attname), ' AND '),
              string_agg('v.hp' || u.n, ', ' ORDER BY u.n))
  FROM pg_constraint k
 CROSS JOIN LATERAL unnest(k.conkey, k.confkey, k.conpfeqop) WITH ORDINALITY AS u (own, other, eq, n)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
  JOIN pg_operator o ON o.oid = u.eq JOIN pg_namespace s ON s.oid = o.oprnamespace
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
  JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
 WHERE k.contype = 'f' AND coalesce(pg_partition_root(p.oid), p.oid) = ANY ($1::int8[]::oid[]) AND k.conparentid = 0 AND NOT c.relispartition
   AND (EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indpred IS NULL AND i.indisvalid
                   AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
        OR c.relkind = 'r' AND pg_relation_size(c.oid) < 8000000)
   AND has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(cn.oid, 'USAGE') AND NOT row_security_active(c.oid)
 GROUP BY k.oid, k.conname, c.oid, c.relname, c.relkind, cn.nspname, p.oid, p.relname, pn.nspname
HAVING bool_and(CASE WHEN a.atttypid = ANY ('{int2,int4,int8}'::regtype[]) THEN b.atttypid = ANY ('{int2,int4,int8}'::regtype[])
                     WHEN a.atttypid = ANY ('{text,varchar}'::regtype[]) THEN b.atttypid = ANY ('{text,varchar}'::regtype[])
                          AND (SELECT bool_and(l.collisdeterministic) FROM pg_collation l WHERE l.oid IN (a.attcollation, b.attcollation))
                     ELSE a.atttypid = b.atttypid AND a.atttypid = ANY ('{uuid,date,bool}'::regtype[]) END)
 ORDER BY k.conname)sql";

bool bringsKeys(const PostgresRelation& relation, const TargetEffects& effects)
{
    const TableEffects* table = shownTable(effects, relation.shownName());
    return table && std::ranges::any_of(relation.referred, [&](const QString& column) {
               return changesKey(*table, { column }, KeySide::Kept);
           });
}

/// One foreign key to a changed table.
struct ReferringKey
{
    QByteArray sql; ///< how many rows refer to each of some values now
    QStringList referred; ///< columns of the changed table
    QStringList columns; ///< of the other one
};

/// Adds those of the values that rows referred to before the effects. False: that cannot be told.
Result<bool> addReferred(Connection& now, const ReferringKey& key, const TableEffects* child,
                         const PostgresKeyTexts& values, PostgresKeyCounts& referred)
{
    const auto counts = askAside(now, { key.sql, keyArrays(values, key.referred.size()) });
    if (!counts)
        return counts.error();
    if (!*counts)
        return false;
    PostgresKeyCounts rows;
    for (const Row& row : (*counts)->rows)
        rows.insert(keyIn(row, key.referred.size()), row.last().toInteger());
    if (rows.isEmpty())
        return true;
    const auto gains
        = child ? keyGains(*child, key.columns, QSet(rows.keyBegin(), rows.keyEnd())) : PostgresKeyCounts();
    if (!gains)
        return false;
    for (auto value = rows.begin(); value != rows.end(); ++value) {
        if (const qint64 before = value.value() - gains->value(value.key()); before > 0)
            referred.insert(value.key(), before);
    }
    return true;
}

/// Of the keys that the parent has now and had not, those that rows referred to before the effects, and how many did.
Result<PostgresKeyCounts> referredBefore(Connection& now, const ReferringKey& key, const TableEffects& parent,
                                         const TableEffects* child)
{
    PostgresKeyCounts referred;
    bool known = true;
    const auto told = changedKeyTexts(
        parent, key.referred, KeySide::Kept, false, [&](const PostgresKeyTexts& values) -> Result<void> {
            const auto added = known ? addReferred(now, key, child, values, referred) : Result<bool>(false);
            known = added && *added;
            return added ? Result<void>() : added.error();
        });
    if (!told)
        return told.error();
    if (!*told || !known || referred.isEmpty())
        return PostgresKeyCounts();
    const auto moved = changedKeyTexts(parent, key.referred, KeySide::Gone, false,
                                       [&](const PostgresKeyTexts& values) -> Result<void> {
                                           for (const QStringList& value : values)
                                               referred.remove(value); // another row had it
                                           return {};
                                       });
    return moved ? Result(referred) : moved.error();
}

} // namespace

Result<QList<Caution>> ledNowhere(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                  const TargetEffects& effects)
{
    QList<Caution> cautions;
    if (!std::ranges::all_of(effects.schemaChanges, isTemporary))
        return cautions; // what changes the schema is not undone
    QList<qint64> oids;
    QSet<qint64> seen;
    for (const PostgresRelation& relation : found.tables) {
        if (!seen.contains(relation.shownOid()) && bringsKeys(relation, effects))
            oids.append(relation.shownOid());
        seen.insert(relation.shownOid());
    }
    if (oids.isEmpty())
        return cautions;
    const auto keys = worlds.now.query({ keysQuery, { arrayOf(oids) }, true });
    if (!keys)
        return keys.error();
    for (const Row& row : keys->rows) {
        const auto parent = std::ranges::find(found.tables, row.at(0).toInteger(), &PostgresRelation::shownOid);
        const TableName child = nameIn(row, 1);
        const ReferenceNames names { child.schema + u'.' + child.table, row.at(3).toText(), namesIn(row.at(4)) };
        const ReferringKey key { row.at(6).toText().toUtf8(), namesIn(row.at(5)), names.columns };
        const auto referred
            = referredBefore(worlds.now, key, *shownTable(effects, parent->shownName()), shownTable(effects, child));
        if (!referred)
            return referred.error();
        for (const QString& text : danglingTexts(names, danglingValues(*referred)))
            cautions.append({ dangledBeforehand, dangledBeforehandText(text) });
    }
    return cautions;
}

} // namespace holdpoint
