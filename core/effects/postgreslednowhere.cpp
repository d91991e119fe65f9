// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslednowhere.h"

#include "effects/dangling.h"
#include "effects/postgresaside.h"
#include "effects/postgreskeyvalues.h"
#include "effects/undoable.h"

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A partition's own key is left out: which rows of its root are in it, the effects do not tell. The types are those
// whose values are equal only if their texts are, on both sides.
constexpr auto keysQuery = R"sql(
SELECT k.confrelid::int8, cn.nspname, c.relname, pn.nspname || '.' || p.relname,
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
 WHERE k.contype = 'f' AND k.confrelid = ANY ($1::int8[]::oid[]) AND k.conparentid = 0 AND NOT c.relispartition AND NOT p.relispartition
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

/// One foreign key to a changed table, and the values of it that rows referred to before the effects.
struct ReferringKey
{
    QByteArray sql; ///< how many rows refer to each of some values now
    QStringList referred; ///< columns of the changed table
    ReferenceNames names;
    const TableEffects* parent = nullptr;
    const TableEffects* child = nullptr; ///< null: it did not change
    PostgresKeyCounts before;
};

/// Asks for the values of several keys at once.
class ReferringRows
{
public:
    explicit ReferringRows(PostgresConnection& now)
        : m_now(now)
    {
    }
    [[nodiscard]] Result<void> add(ReferringKey& key, const PostgresKeyTexts& values);
    [[nodiscard]] Result<void> ask();
    /// False: somebody has locked a table.
    [[nodiscard]] bool isKnown() const { return m_known; }

private:
    static void note(ReferringKey& key, const PostgresKeyTexts& values, const Rowset& counts);

    PostgresConnection& m_now;
    QList<std::pair<ReferringKey*, PostgresKeyTexts>> m_waiting;
    qsizetype m_size = 0; // values that wait
    bool m_known = true;
};

Result<void> ReferringRows::add(ReferringKey& key, const PostgresKeyTexts& values)
{
    m_waiting.append({ &key, values });
    m_size += values.size();
    return m_size >= keysAtOnce ? ask() : Result<void>();
}

Result<void> ReferringRows::ask()
{
    const auto asked = std::exchange(m_waiting, {});
    m_size = 0;
    if (asked.isEmpty() || !m_known)
        return {};
    QList<Statement> questions;
    for (const auto& [key, values] : asked)
        questions.append({ key->sql, keyArrays(values, key->referred.size()) });
    const auto answers = askAside(m_now, questions);
    if (!answers)
        return answers.error();
    m_known = answers->has_value();
    for (qsizetype i = 0; m_known && i < asked.size(); ++i)
        note(*asked.at(i).first, asked.at(i).second, (*answers)->at(i));
    return {};
}

void ReferringRows::note(ReferringKey& key, const PostgresKeyTexts& values, const Rowset& counts)
{
    PostgresKeyCounts rows;
    for (const Row& row : counts.rows)
        rows.insert(keyIn(row, key.referred.size()), row.last().toInteger());
    if (rows.isEmpty() && !key.child)
        return;
    const auto gains
        = key.child ? keyGains(*key.child, key.names.columns, QSet(values.begin(), values.end())) : PostgresKeyCounts();
    if (!gains)
        return;
    for (const QStringList& value : values) {
        if (const qint64 before = rows.value(value) - gains->value(value); before > 0)
            key.before.insert(value, before);
    }
}

/// Without those of a value that the effects also took away: another row had it.
Result<void> removeMoved(ReferringKey& key)
{
    if (key.before.isEmpty())
        return {};
    const auto told = changedKeyTexts(*key.parent, key.referred, KeySide::Gone, false,
                                      [&](const PostgresKeyTexts& values) -> Result<void> {
                                          for (const QStringList& value : values)
                                              key.before.remove(value);
                                          return {};
                                      });
    return told ? Result<void>() : told.error();
}

Result<std::vector<ReferringKey>> keysTo(const QList<qint64>& oids, const PostgresWorlds& worlds,
                                         const PostgresTouched::Found& found, const TargetEffects& effects)
{
    std::vector<ReferringKey> keys;
    const auto rows = askAside(worlds.now, { { keysQuery, { arrayOf(oids) }, true } }); // sizes need locks
    if (!rows)
        return rows.error();
    if (!*rows)
        return keys;
    for (const Row& row : (*rows)->first().rows) {
        const auto parent = std::ranges::find(found.tables, row.at(0).toInteger(), &PostgresRelation::shownOid);
        const TableName child = nameIn(row, 1);
        const ReferenceNames names { child.schema + u'.' + child.table, row.at(3).toText(), namesIn(row.at(4)) };
        keys.push_back({ row.at(6).toText().toUtf8(),
                         namesIn(row.at(5)),
                         names,
                         shownTable(effects, parent->shownName()),
                         shownTable(effects, child),
                         {} });
    }
    return keys;
}

} // namespace

Result<QList<Caution>> ledNowhere(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                  const TargetEffects& effects)
{
    QList<Caution> cautions;
    if (!std::ranges::all_of(effects.schemaChanges, isTemporary))
        return cautions; // what changes the schema is not undone
    const QList<qint64> oids = tablesChanging(found.tables, effects, &PostgresRelation::referred, KeySide::Kept);
    if (oids.isEmpty())
        return cautions;
    auto keys = keysTo(oids, worlds, found, effects);
    if (!keys)
        return keys.error();
    ReferringRows rows(worlds.now);
    for (ReferringKey& key : *keys) {
        const auto told = changedKeyTexts(*key.parent, key.referred, KeySide::Kept, false,
                                          [&](const PostgresKeyTexts& values) { return rows.add(key, values); });
        if (!told)
            return told.error();
    }
    if (auto asked = rows.ask(); !asked)
        return asked.error();
    for (ReferringKey& key : *keys) {
        if (const auto removed = removeMoved(key); !removed)
            return removed.error();
        for (const QString& text :
             rows.isKnown() ? danglingTexts(key.names, danglingValues(key.before)) : QStringList())
            cautions.append({ dangledBeforehand, dangledBeforehandText(text) });
    }
    return cautions;
}

} // namespace holdpoint
