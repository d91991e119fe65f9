// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescautions.h"

#include "effects/postgresdangled.h"
#include "effects/postgresdeeds.h"
#include "effects/postgresfunctions.h"
#include "effects/postgreslednowhere.h"
#include "effects/postgresoldchecks.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype mostActs = 1000; // a batch has hardly more than a few different ones

// Which functions run by themselves: when tables are written (and views, which have no rows of their own), and when
// views or tables with policies are read.
constexpr auto ownFunctions = R"sql(
WITH locks AS MATERIALIZED (SELECT locktype, relation, mode FROM pg_locks WHERE pid = pg_backend_pid()),
locked AS (SELECT DISTINCT relation AS oid FROM locks WHERE locktype = 'relation'),
written AS (SELECT DISTINCT relation AS oid FROM locks
             WHERE locktype = 'relation' AND mode NOT IN ('AccessShareLock', 'RowShareLock'))
SELECT t.tgfoid::int8 FROM pg_trigger t JOIN written w ON w.oid = t.tgrelid
 WHERE NOT t.tgisinternal
   AND t.tgenabled IN ('A', CASE current_setting('session_replication_role') WHEN 'replica' THEN 'R' ELSE 'O' END)
UNION
SELECT d.refobjid::int8
  FROM (SELECT 'pg_attrdef'::regclass::oid AS class, a.oid FROM pg_attrdef a JOIN written w ON w.oid = a.adrelid
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN written w ON w.oid = k.conrelid
        UNION ALL
        SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite r JOIN locked l ON l.oid = r.ev_class
        UNION ALL
        SELECT 'pg_policy'::regclass, y.oid FROM pg_policy y JOIN locked l ON l.oid = y.polrelid) o
  JOIN pg_depend d ON d.classid = o.class AND d.objid = o.oid AND d.refclassid = 'pg_proc'::regclass
UNION ALL
SELECT e.evtfoid::int8 FROM pg_event_trigger e WHERE $1::bool AND e.evtenabled IN ('O', 'A'))sql";

// Before PostgreSQL 13 no extension is marked as trusted.
constexpr auto trustedQuery = R"sql(
SELECT v.name FROM pg_available_extension_versions v JOIN pg_extension e ON e.extname = v.name AND e.extversion = v.version
 WHERE (to_jsonb(v) ->> 'trusted')::bool)sql";

Result<QSet<QString>> trustedExtensions(Connection& connection, const QList<PostgresFunction>& functions)
{
    QSet<QString> names;
    const auto asks = [](const PostgresFunction& function) {
        return !function.extension.isEmpty() && !function.trusted && function.isVolatile;
    };
    if (std::ranges::none_of(functions, asks))
        return names;
    const auto rows = connection.query({ trustedQuery, {} });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows)
        names.insert(row.at(0).display());
    return names;
}

Result<QList<qint64>> functionsRunBy(Connection& connection, const PostgresTouched::Found& found)
{
    QList<qint64> functions;
    const bool schemaChanges = !found.catalogs.isEmpty();
    if (!found.runsFunctions && !schemaChanges)
        return functions;
    const auto own = connection.query({ ownFunctions, { Value::boolean(schemaChanges) }, true });
    if (!own)
        return own.error();
    for (const Row& row : own->rows)
        functions.append(row.at(0).toInteger());
    return functions;
}

void addOfRelations(const PostgresTouched::Found& found, QList<Caution>& cautions)
{
    for (const PostgresRelation& relation : found.tables) {
        const QString name = relation.name.schema + u'.' + relation.name.table;
        if (relation.kind == "f"_L1)
            cautions.append({ u"foreign-table"_s,
                              u"foreign table %1 may have been written on its own server,"
                              " whose rows are not seen here"_s.arg(name) });
        else if (relation.kind == "m"_L1 && !relation.created)
            cautions.append({ u"materialized-view"_s,
                              u"an undo refreshes the materialized view %1 again, which gives its earlier rows only if"
                              " it was up to date"_s.arg(name) });
        else if (relation.temporary && relation.created)
            cautions.append(
                { u"temporary-table"_s, u"temporary table %1 would stay in the session"_s.arg(relation.name.table) });
    }
    for (const QString& catalog : found.catalogs) {
        if (catalog.startsWith("pg_largeobject: "_L1))
            cautions.append({ u"large-object"_s,
                              u"large objects changed, whose content is not shown (pages: %1)"_s.arg(
                                  catalog.section(u": "_s, 1)) });
    }
}

void addOfSession(const PostgresConnection& now, const PostgresTouched::Found& found, QList<Caution>& cautions)
{
    if (!found.counted)
        cautions.append({ u"no-counters"_s,
                          u"the server does not count all changes (track_counts is off, or may be for a while),"
                          " so rows that this user may not read are not noticed"_s });
    if (now.options().suppressTriggers && !now.triggersSuppressed())
        cautions.append({ u"triggers-fire"_s,
                          u"this user may not suppress triggers, so they fire as for any"
                          " other change"_s });
}

void sortOnce(QList<Caution>& cautions)
{
    const auto order = [](const Caution& caution) { return std::tie(caution.code, caution.text); };
    std::ranges::sort(cautions, {}, order);
    const auto twice = std::ranges::unique(cautions);
    cautions.erase(twice.begin(), twice.end());
}

} // namespace

void PostgresCautions::note(const StatementInfo& info)
{
    for (const PostgresAct& act : info.acts) {
        if (m_acts.size() < mostActs && !m_acts.contains(act))
            m_acts.append(act);
    }
}

Result<QList<Caution>> PostgresCautions::find(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                              const TargetEffects& effects)
{
    QList<Caution> cautions;
    addOfRelations(found, cautions);
    addOfSession(worlds.now, found, cautions);
    m_locks = found.advisory;
    const auto functions = functionsRunBy(worlds.now, found);
    if (!functions)
        return functions.error();
    PostgresFunctions followed(worlds.now);
    if (auto done = followed.follow(m_acts, *functions); !done)
        return done.error();
    const auto trusted = trustedExtensions(worlds.now, followed.reached());
    if (!trusted)
        return trusted.error();
    auto languages = untrustedLanguages(worlds.now, followed.deeds());
    if (!languages)
        return languages.error();
    const auto checks = oldChecks(worlds, found, effects);
    if (!checks)
        return checks.error();
    const auto dangled = dangledBefore(worlds, found, effects);
    if (!dangled)
        return dangled.error();
    const auto nowhere = ledNowhere(worlds, found, effects);
    if (!nowhere)
        return nowhere.error();
    cautions += *languages + deedCautions(followed.deeds()) + functionCautions(followed.reached(), *trusted) + *checks
        + *dangled + *nowhere;
    sortOnce(cautions);
    return cautions;
}

Result<QList<Caution>> PostgresCautions::releaseLocks(Connection& connection)
{
    QList<Caution> cautions;
    if (!std::exchange(m_locks, false))
        return cautions;
    const auto kept = connection.query({ "SELECT count(*), string_agg(format('(%s, %s)', classid, objid), ', ' ORDER "
                                         "BY classid, objid) FROM pg_catalog.pg_locks"
                                         " WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
                                         {} });
    if (!kept)
        return kept.error();
    if (kept->rows.at(0).at(0) == Value::integer(0))
        return cautions;
    if (const auto released = connection.query({ "SELECT pg_advisory_unlock_all()", {} }); !released)
        return released.error();
    cautions.append(
        { u"advisory-lock"_s,
          u"the session held advisory locks beyond the transaction, %1; Holdpoint has given them back"_s.arg(
              kept->rows.at(0).at(1).display()) });
    return cautions;
}

} // namespace holdpoint
