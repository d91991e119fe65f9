// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestouched.h"

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// AccessShareLock is a reader's, RowShareLock that of SELECT FOR UPDATE and of foreign key checks. What a statement
// reads may run functions by rules and policies, what it writes by more. One row without a relation: advisory locks.
// The system's own tables, whose ids are below 10000, need not be looked at one by one.
constexpr auto touchedQuery = R"sql(
WITH locks AS MATERIALIZED (SELECT * FROM pg_locks WHERE pid = pg_backend_pid() OR NOT granted),
mine AS (
  SELECT l.relation AS oid, l.locktype = 'advisory' AS advisory, bool_or(l.mode = 'AccessExclusiveLock') AS exclusive,
         bool_or(l.mode NOT IN ('AccessShareLock', 'RowShareLock')) AS written,
         max(array_position('{AccessShareLock,RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,
               ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}', l.mode)) AS strength
    FROM locks l
   WHERE l.granted AND (l.locktype = 'advisory' OR l.locktype = 'relation'
          AND l.relation >= 10000) -- of this database: all databases share only some of the system's own
   GROUP BY l.relation, l.locktype = 'advisory')
SELECT m.oid::int8, n.nspname, c.relname, c.relkind::text, m.exclusive, c.relpersistence = 't',
       has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'), row_security_active(c.oid),
       coalesce(pg_relation_filenode(c.oid), 0)::int8, coalesce(r.oid, 0)::int8, r.nspname, r.relname,
       c.relpages::int8, pg_stat_get_xact_tuples_inserted(c.oid), pg_stat_get_xact_tuples_updated(c.oid),
       pg_stat_get_xact_tuples_deleted(c.oid), m.written, m.advisory,
       c.relhasrules OR c.relrowsecurity OR c.relkind = 'v' OR m.written AND (
         c.relchecks > 0 OR EXISTS (SELECT FROM pg_attrdef a WHERE a.adrelid = c.oid)),
       c.relkind IN ('v', 'f') OR c.relhasrules,
       c.relhastriggers AND EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
       m.strength, (SELECT transactionid::text FROM locks
                     WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted ORDER BY age(transactionid) LIMIT 1),
       EXISTS (SELECT FROM locks WHERE NOT granted),
       CASE WHEN m.written AND c.relhastriggers THEN (
         SELECT jsonb_agg(DISTINCT a.attname) FROM pg_constraint k
           JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
          WHERE k.conrelid = c.oid AND k.contype = 'f') END,
       CASE WHEN m.written AND c.relhastriggers THEN (
         SELECT jsonb_agg(DISTINCT a.attname)
           FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint
           JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)
          WHERE g.tgrelid = c.oid AND k.confrelid = c.oid AND k.contype = 'f') END
  FROM mine m
  LEFT JOIN pg_class c ON c.oid = m.oid
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (SELECT p.oid, p.relname, s.nspname FROM pg_class p JOIN pg_namespace s ON s.oid = p.relnamespace
                      WHERE c.relispartition AND p.oid = pg_partition_root(c.oid)) r ON true
 WHERE m.advisory OR (c.oid IS NULL AND m.written)
    OR ((c.relkind IN ('r', 'm', 'f', 'S', 'v', 'p') OR (c.relkind = 'i' AND m.exclusive)) AND n.nspname NOT IN ('pg_catalog', 'pg_toast'))
 ORDER BY m.oid)sql";

constexpr auto countersQuery = R"sql(
SELECT oid::int8, pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid),
       pg_stat_get_xact_tuples_deleted(oid)
  FROM pg_catalog.pg_class
 WHERE relkind IN ('r', 'm') AND (pg_stat_get_xact_tuples_inserted(oid) > 0
       OR pg_stat_get_xact_tuples_updated(oid) > 0 OR pg_stat_get_xact_tuples_deleted(oid) > 0))sql";

// The catalogs that describe a schema: what follows from other changes is left out. They are the same as long as the
// server runs, so a connection asks for them once. Their ids are below those of all that users make.
constexpr auto catalogsQuery = R"sql(
SELECT array_agg(oid)::text FROM pg_catalog.pg_class
 WHERE oid < 16384 AND relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace
   AND relname NOT IN ('pg_shdepend', 'pg_init_privs', 'pg_statistic', 'pg_statistic_ext_data'))sql";

// What the transaction is, beside each catalog that it changed, or one row without.
const QByteArray transactionQuery = R"sql(
SELECT current_setting('track_counts')::bool, pg_current_xact_id_if_assigned()::text, k.*@report@
  FROM (VALUES (1)) t LEFT JOIN (
         SELECT o::int8, pg_stat_get_xact_tuples_inserted(o), pg_stat_get_xact_tuples_updated(o),
                pg_stat_get_xact_tuples_deleted(o), (SELECT c.relname FROM pg_class c WHERE c.oid = o) AS name
           FROM unnest($1::oid[]) o
          WHERE pg_stat_get_xact_tuples_inserted(o) > 0 OR pg_stat_get_xact_tuples_updated(o) > 0
             OR pg_stat_get_xact_tuples_deleted(o) > 0) k ON true
 ORDER BY k.name)sql";
const QByteArray withoutReport = QByteArray(transactionQuery).replace("@report@", "");
const QByteArray withReport = QByteArray(transactionQuery).replace("@report@", ", pg_stat_force_next_flush()");

/// The answer to catalogsQuery, kept with a connection.
struct KnownCatalogs
{
    Value oids;
};

/// Kept with a connection: the transaction at whose end the server reports all that it counted, by its number there.
struct ReportsAfter
{
    std::optional<quint64> transaction;
};

bool canReport(const PostgresConnection& now)
{
    constexpr int sinceVersion = 150000;
    return now.serverVersion() >= sinceVersion;
}

bool mustReport(PostgresConnection& now)
{
    return canReport(now) && now.notes<ReportsAfter>().transaction != now.transactionsBegun();
}

// Of transactionQuery.
constexpr int catalogColumn = 2;
constexpr int catalogNameColumn = 6;

// Of touchedQuery.
constexpr int countersColumn = 13;
constexpr int writtenColumn = 16;
constexpr int advisoryColumn = 17;
constexpr int functionsColumn = 18;
constexpr int indirectColumn = 19;
constexpr int triggersColumn = 20;
constexpr int strengthColumn = 21;
constexpr int newestXidColumn = 22;
constexpr int someoneWaitsColumn = 23;
constexpr int referringColumn = 24;
constexpr int referredColumn = 25;

PostgresRelation relationOf(const Row& row)
{
    PostgresRelation relation;
    relation.oid = row.at(0).toInteger();
    relation.name = nameIn(row, 1);
    relation.kind = row.at(3).toText();
    relation.exclusive = row.at(4).toBoolean();
    relation.temporary = row.at(5).toBoolean();
    relation.readable = row.at(6).toBoolean();
    relation.filtered = row.at(7).toBoolean();
    relation.fileNode = row.at(8).toInteger();
    relation.root = row.at(9).toInteger();
    relation.rootName = nameIn(row, 10);
    relation.pages = row.at(12).toInteger();
    if (!row.at(referringColumn).isNull())
        relation.referring = namesIn(row.at(referringColumn));
    if (!row.at(referredColumn).isNull())
        relation.referred = namesIn(row.at(referredColumn));
    return relation;
}

/// As readLocks() tells it; the second lock is the first to be told.
void addHeld(const PostgresRelation& relation, qint64 strength, QList<PostgresTouched::Held>& held)
{
    static const QStringList modes { u"RowShare"_s,          u"RowExclusive"_s, u"ShareUpdateExclusive"_s, u"Share"_s,
                                     u"ShareRowExclusive"_s, u"Exclusive"_s,    u"AccessExclusive"_s };
    if (strength > 1 && !relation.temporary && relation.name.schema != "information_schema"_L1)
        held.append({ { relation.name.schema + u'.' + relation.name.table, modes.value(strength - 2) }, strength });
}

} // namespace

Value arrayOf(const QList<qint64>& numbers)
{
    QStringList texts;
    for (const qint64 number : numbers)
        texts.append(QString::number(number));
    return Value::text(u'{' + texts.join(u',') + u'}');
}

Connection::ResultSink PostgresTouched::into(Rowset& answer, std::optional<Error>& error)
{
    return [&answer, &error](Result<Rowset> rows) {
        if (rows)
            answer = std::move(*rows);
        else if (!error)
            error = rows.error();
    };
}

bool PostgresTouched::isReady(PostgresConnection& now)
{
    return !now.notes<KnownCatalogs>().oids.isNull() && !mustReport(now);
}

void PostgresTouched::reportEarlier(PostgresConnection& now)
{
    m_reported = canReport(now);
    m_reportFailed = false;
    if (!mustReport(now))
        return;
    now.submit({ "SELECT pg_stat_force_next_flush()", {}, true }, [this](const Result<Rowset>& answer) {
        m_reportFailed = !answer;
        m_reported = answer.ok();
    });
}

void PostgresTouched::remember(PostgresConnection& now)
{
    if (now.notes<KnownCatalogs>().oids.isNull()) {
        now.submit({ catalogsQuery, {}, true }, [this, &now](const Result<Rowset>& rows) {
            if (rows)
                now.notes<KnownCatalogs>().oids = rows->rows.constFirst().constFirst();
            else if (!m_error)
                m_error = rows.error();
        });
    }
    if (!m_reported)
        now.submit({ countersQuery, {}, true }, into(m_earlier, m_error));
}

void PostgresTouched::ask(PostgresConnection& now)
{
    m_askError.reset();
    now.submit({ m_reported ? withReport : withoutReport, { now.notes<KnownCatalogs>().oids }, true },
               [this, &now, keep = into(m_transaction, m_askError)](const Result<Rowset>& rows) {
                   if (rows && m_reported)
                       now.notes<ReportsAfter>().transaction = now.transactionsBegun();
                   keep(rows);
               });
    now.submit({ touchedQuery, {}, true }, [this, keep = into(m_locked, m_askError)](Result<Rowset> rows) {
        m_sinceLocked.start();
        keep(std::move(rows));
    });
}

PostgresTouched::Counters PostgresTouched::changes(qint64 oid, const Row& row, int column) const
{
    const auto countersOf = [](const Row& row, int column) {
        return Counters { row.at(column).toInteger(), row.at(column + 1).toInteger(), row.at(column + 2).toInteger() };
    };
    Counters counters = countersOf(row, column);
    for (const Row& earlier : m_earlier.rows) {
        if (earlier.at(0).toInteger() != oid)
            continue;
        const Counters before = countersOf(earlier, 1);
        counters.inserted = std::max(counters.inserted - before.inserted, qint64(0)); // TRUNCATE begins anew
        counters.updated = std::max(counters.updated - before.updated, qint64(0));
        counters.deleted = std::max(counters.deleted - before.deleted, qint64(0));
    }
    return counters;
}

void PostgresTouched::addLocked(const Row& row, Found& found, Apart& apart) const
{
    if (row.at(advisoryColumn).toBoolean()) {
        found.advisory = true;
        return;
    }
    if (row.at(1).isNull()) {
        apart.gone.append(row.at(0).toInteger());
        return;
    }
    if (row.at(3).toText() == "i"_L1) {
        apart.indexes.append(row.at(0).toInteger());
        return;
    }
    const bool written = row.at(writtenColumn).toBoolean();
    const bool triggers = row.at(triggersColumn).toBoolean();
    found.runsFunctions = found.runsFunctions || row.at(functionsColumn).toBoolean() || (written && triggers);
    found.mayVary = found.mayVary || row.at(indirectColumn).toBoolean() || triggers;
    PostgresRelation relation = relationOf(row);
    addHeld(relation, row.at(strengthColumn).toInteger(), found.held);
    if (!written || relation.kind == "v"_L1 || relation.kind == "p"_L1)
        return;
    if (relation.kind == "S"_L1) {
        found.sequences.append(relation.oid);
        return;
    }
    const Counters counters = changes(relation.oid, row, countersColumn);
    relation.inserted = counters.inserted;
    relation.updated = counters.updated;
    relation.deleted = counters.deleted;
    found.tables.append(relation);
}

Result<PostgresTouched::Found> PostgresTouched::find(const PostgresWorlds& worlds) const
{
    if (m_error || m_askError)
        return m_error ? *m_error : *m_askError;
    Found found;
    const Row& transaction = m_transaction.rows.constFirst();
    found.counted = transaction.at(0).toBoolean();
    found.xid = transaction.at(1).isNull() ? QString() : transaction.at(1).toText();
    if (!m_locked.rows.isEmpty()) {
        const Row& any = m_locked.rows.constFirst();
        if (!any.at(newestXidColumn).isNull())
            found.newestXid = any.at(newestXidColumn).toText().toUInt();
        found.someoneWaits = any.at(someoneWaitsColumn).toBoolean();
        found.sinceAnswered = m_sinceLocked;
    }
    Apart apart;
    for (const Row& row : m_locked.rows)
        addLocked(row, found, apart);
    if (auto dropped = addDropped(worlds, apart.gone, found); !dropped)
        return dropped.error();
    if (auto marked = markIndexed(worlds, apart.indexes, found); !marked)
        return marked.error();
    if (auto created = markCreated(worlds, found); !created)
        return created.error();
    matchReplaced(found);
    addCatalogs(found);
    std::ranges::sort(found.held, [](const Held& left, const Held& right) {
        return std::tuple(-left.strength, left.lock.object) < std::tuple(-right.strength, right.lock.object);
    });
    return found;
}

void PostgresTouched::addCatalogs(Found& found) const
{
    for (const Row& row : m_transaction.rows) {
        if (row.at(catalogColumn).isNull())
            continue;
        const Counters counters = changes(row.at(catalogColumn).toInteger(), row, catalogColumn + 1);
        PostgresRelation catalog;
        catalog.inserted = counters.inserted;
        catalog.updated = counters.updated;
        catalog.deleted = counters.deleted;
        if (catalog.isCounted())
            found.catalogs.append(row.at(catalogNameColumn).toText() + ": "_L1 + catalog.countersText());
    }
}

} // namespace holdpoint
