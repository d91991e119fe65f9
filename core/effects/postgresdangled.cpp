// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresdangled.h"

#include "effects/dangling.h"
#include "effects/postgresaside.h"
#include "effects/postgreskeyvalues.h"
#include "effects/undoable.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A key of one partition alone is left out: which rows of its root were in it, the effects do not tell.
constexpr auto keysQuery = R"sql(
SELECT k.conrelid::int8, coalesce(pg_partition_root(p.oid), p.oid)::int8, cn.nspname || '.' || c.relname, pn.nspname || '.' || p.relname,
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
 GROUP BY k.oid, k.conname, k.conrelid, c.relname, cn.nspname, p.oid, p.relname, p.relkind, pn.nspname
 ORDER BY k.conname)sql";

/// Those that led nowhere, and how many rows fewer have each. None: that cannot be told.
Result<std::optional<PostgresKeyCounts>> ledNowhere(PostgresConnection& connection, const QByteArray& sql,
                                                    const TableEffects& child, const QStringList& columns)
{
    QSet<QStringList> nowhere;
    bool refused = false;
    const auto told
        = changedKeyTexts(child, columns, KeySide::Gone, false, [&](const PostgresKeyTexts& keys) -> Result<void> {
              if (refused)
                  return {};
              const auto rows = askAside(connection, { { sql, keyArrays(keys, columns.size()) } });
              if (!rows)
                  return rows.error();
              refused = !*rows;
              for (const Row& row : refused ? QList<Row>() : (*rows)->first().rows)
                  nowhere.insert(keyIn(row, columns.size()));
              return {};
          });
    if (!told)
        return told.error();
    if (!*told || refused)
        return std::optional<PostgresKeyCounts>();
    if (nowhere.isEmpty())
        return std::optional(PostgresKeyCounts());
    auto rows = keyGains(child, columns, nowhere);
    if (!rows)
        return rows;
    for (qint64& count : *rows)
        count = -count;
    rows->removeIf([](const auto key) { return key.value() <= 0; });
    return rows;
}

} // namespace

Result<QList<Caution>> dangledBefore(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                     const TargetEffects& effects)
{
    QList<Caution> cautions;
    if (!std::ranges::all_of(effects.schemaChanges, isTemporary))
        return cautions; // what there was before cannot be asked by the names of now, nor is it undone
    const QList<qint64> oids = tablesChanging(found.tables, effects, &PostgresRelation::referring, KeySide::Gone);
    if (oids.isEmpty())
        return cautions;
    const auto keys = worlds.now.query({ keysQuery, { arrayOf(oids) }, true });
    if (!keys)
        return keys.error();
    for (const Row& row : keys->rows) {
        const auto child = std::ranges::find(found.tables, row.at(0).toInteger(), &PostgresRelation::shownOid);
        const ReferenceNames names { row.at(2).toText(), row.at(3).toText(), namesIn(row.at(4)) };
        const auto isParent = [oid = row.at(1).toInteger()](const auto& each) { return each.shownOid() == oid; };
        const auto isLocked = [&](const auto& each) { return isParent(each) && each.exclusive; };
        if (std::ranges::any_of(found.tables, isLocked))
            continue; // by the batch, from its own old world
        // What a table that the run left alone has now, it had before.
        const bool changed = std::ranges::any_of(found.tables, isParent);
        const auto nowhere = ledNowhere(changed ? worlds.before() : worlds.now, row.at(5).toText().toUtf8(),
                                        *shownTable(effects, child->shownName()), names.columns);
        if (!nowhere)
            return nowhere.error();
        for (const QString& text : danglingTexts(names, danglingValues(nowhere->value_or(PostgresKeyCounts()))))
            cautions.append({ dangledBeforehand, dangledBeforehandText(text) });
    }
    return cautions;
}

} // namespace holdpoint
