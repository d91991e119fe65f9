// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresdangled.h"

#include "effects/dangling.h"
#include "effects/postgresaside.h"
#include "effects/postgreskeyvalues.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A key of one partition alone is left out: which rows of its root were in it, the effects do not tell.
constexpr auto keysQuery = R"sql(
SELECT k.conrelid::int8, k.confrelid::int8, cn.nspname || '.' || c.relname, pn.nspname || '.' || p.relname,
       to_json(array_agg(a.attname ORDER BY u.n))::text,
       format('SELECT %s FROM ROWS FROM (%s) v (%s) WHERE NOT EXISTS (SELECT FROM %s p WHERE %s)',
              string_agg('v.hp' || u.n, ', ' ORDER BY u.n),
              string_agg(format('json_array_elements_text($%s::json)', u.n), ', ' ORDER BY u.n),
              string_agg('hp' || u.n, ', ' ORDER BY u.n),
              CASE p.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || p.oid::regclass,
              string_agg(format('p.%I OPERATOR(%I.%s) v.hp%s::%s', b.attname, s.nspname, o.oprname, u.n,
                                format_type(a.atttypid, a.atttypmod)), ' AND '))
  FROM pg_constraint k
 CROSS JOIN LATERAL unnest(k.conkey, k.confkey, k.conpfeqop) WITH ORDINALITY AS u (own, other, eq, n)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
  JOIN pg_operator o ON o.oid = u.eq JOIN pg_namespace s ON s.oid = o.oprnamespace
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
  JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
 WHERE k.contype = 'f' AND k.conrelid = ANY ($1::int8[]::oid[])
   AND NOT EXISTS (SELECT FROM pg_constraint r WHERE r.oid = k.conparentid AND r.conrelid = k.conrelid)
   AND has_table_privilege(p.oid, 'SELECT') AND has_schema_privilege(pn.oid, 'USAGE') AND NOT row_security_active(p.oid)
 GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, c.oid, cn.oid, p.oid, pn.oid
 ORDER BY k.conname)sql";

const TableEffects* shownTable(const TargetEffects& effects, const TableName& name)
{
    const auto table = std::ranges::find(effects.tables, name, &TableEffects::name);
    return table == effects.tables.end() ? nullptr : &*table;
}

bool takesReferences(const PostgresRelation& relation, const TargetEffects& effects)
{
    const TableEffects* table = shownTable(effects, relation.shownName());
    return table && std::ranges::any_of(relation.referring, [&](const QString& column) {
               const auto gone = changedKeyTexts(*table, { column }, KeySide::Gone);
               return gone && !gone->isEmpty();
           });
}

/// Those that led nowhere. None: that cannot be asked.
Result<std::optional<PostgresKeyTexts>> missing(Connection& connection, const QByteArray& sql,
                                                const PostgresKeyTexts& keys, qsizetype columns)
{
    PostgresKeyTexts found;
    for (qsizetype first = 0; first < keys.size(); first += keysAtOnce) {
        const auto rows = askAside(connection, { sql, keyArrays(keys, first, columns) });
        if (!rows)
            return rows.error();
        if (!*rows)
            return std::optional<PostgresKeyTexts>();
        for (const Row& row : (*rows)->rows)
            std::ranges::transform(row, std::back_inserter(found.emplaceBack()), &Value::toText);
    }
    std::ranges::sort(found);
    return std::optional(std::move(found));
}

} // namespace

Result<QList<Caution>> dangledBefore(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                     const TargetEffects& effects)
{
    QList<Caution> cautions;
    if (!found.catalogs.isEmpty())
        return cautions; // what there was before cannot be asked by the names of now, nor is it undone
    QList<qint64> oids;
    for (const PostgresRelation& relation : found.tables) {
        if (!oids.contains(relation.shownOid()) && takesReferences(relation, effects))
            oids.append(relation.shownOid());
    }
    if (oids.isEmpty())
        return cautions;
    const auto keys = worlds.now.query({ keysQuery, { arrayOf(oids) }, true });
    if (!keys)
        return keys.error();
    for (const Row& row : keys->rows) {
        const auto child = std::ranges::find(found.tables, row.at(0).toInteger(), &PostgresRelation::shownOid);
        const ReferenceNames names { row.at(2).toText(), row.at(3).toText(), namesIn(row.at(4)) };
        const auto gone = changedKeyTexts(*shownTable(effects, child->shownName()), names.columns, KeySide::Gone);
        if (!gone || gone->isEmpty())
            continue;
        // What a table that the run left alone has now, it had before.
        const auto parent = std::ranges::find(found.tables, row.at(1).toInteger(), &PostgresRelation::shownOid);
        const bool changed = parent != found.tables.end();
        const auto nowhere
            = missing(changed ? worlds.before() : worlds.now, row.at(5).toText().toUtf8(), *gone, names.columns.size());
        if (!nowhere)
            return nowhere.error();
        for (const QString& text : danglingTexts(names, nowhere->value_or(PostgresKeyTexts())))
            cautions.append({ dangledBeforehand, dangledBeforehandText(text) });
    }
    return cautions;
}

} // namespace holdpoint
