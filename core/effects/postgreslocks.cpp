// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslocks.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Locks first, then waiting sessions. What only the batch can see (a table that it made) has no name here, and nobody
/// waits for it. Who waits for a row waits for its writer's transaction, and mostly holds the place in the row's queue.
constexpr auto locksQuery = R"sql(
WITH locks AS MATERIALIZED (SELECT l.locktype, l.database, l.relation, l.pid, l.mode, l.granted, @since@ AS since
                              FROM pg_locks l WHERE l.pid = $1::int OR NOT l.granted OR l.locktype = 'tuple'),
named AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid IN (SELECT relation FROM locks WHERE database = (
           SELECT oid FROM pg_database WHERE datname = current_database()))
     AND c.relkind IN ('r', 'p', 'f', 'm', 'v', 'S') AND c.relpersistence <> 't'
     AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')),
held AS (
  SELECT r.name, max(array_position('{AccessShareLock,RowShareLock,RowExclusiveLock,ShareUpdateExclusiveLock,ShareLock,
           ShareRowExclusiveLock,ExclusiveLock,AccessExclusiveLock}', l.mode)) AS strength
    FROM locks l JOIN named r ON r.oid = l.relation
   WHERE l.pid = $1::int AND l.granted AND l.locktype = 'relation' GROUP BY r.name),
waiting AS (
  SELECT l.pid, l.locktype, l.mode, r.name, l.since
    FROM locks l
    LEFT JOIN locks t ON t.pid = l.pid AND t.granted AND t.locktype = 'tuple' AND l.locktype = 'transactionid'
    LEFT JOIN named r ON r.oid = coalesce(l.relation, t.relation)
   WHERE NOT l.granted AND pg_blocking_pids(l.pid) && ARRAY[$1::int, pg_backend_pid()])
(SELECT NULL::int8, name, ('{RowShare,RowExclusive,ShareUpdateExclusive,Share,ShareRowExclusive,Exclusive,
        AccessExclusive}'::text[])[strength - 1], NULL, NULL, NULL::int8
   FROM held WHERE strength > 1 ORDER BY strength DESC, name)
UNION ALL
SELECT w.pid::int8, coalesce(a.usename, ''), coalesce(a.application_name, ''),
       CASE WHEN w.locktype = 'relation' THEN replace(w.mode, 'Lock', '') || ' on ' ELSE 'a row of ' END || w.name,
       w.locktype, (extract(epoch FROM clock_timestamp() - w.since) * 1000)::int8
  FROM waiting w LEFT JOIN pg_stat_activity a ON a.pid = w.pid)sql";

QByteArray locksQueryFor(const PostgresConnection& connection)
{
    constexpr int tellsSince = 140000;
    return QByteArray(locksQuery)
        .replace("@since@", connection.serverVersion() >= tellsSince ? "l.waitstart" : "NULL::timestamptz");
}

QString waitsFor(const Row& row)
{
    if (!row.at(3).isNull())
        return row.at(3).toText();
    const QString kind = row.at(4).toText();
    return kind == "transactionid"_L1 ? u"a row"_s : kind;
}

WaitingSession sessionOf(const Row& row)
{
    WaitingSession session { row.at(0).toInteger(), row.at(1).toText(), row.at(2).toText(), waitsFor(row), {} };
    if (!row.at(5).isNull())
        session.milliseconds = row.at(5).toInteger();
    return session;
}

} // namespace

Result<HeldLocks> readLocks(const PostgresConnection& now, PostgresConnection& before)
{
    const Statement statement { locksQueryFor(before), { Value::integer(now.backendPid()) }, true };
    auto rows = before.query(statement);
    if (!rows && rows.error().sqlState == "25P02"_L1) {
        // A reading failed: it may have waited for a lock behind those who wait for the batch.
        if (const auto ended = before.rollback(); !ended)
            return ended.error();
        rows = before.query(statement);
    }
    if (!rows)
        return rows.error();
    HeldLocks locks;
    locks.waiting.emplace();
    for (const Row& row : rows->rows) {
        if (row.at(0).isNull())
            locks.held.append({ row.at(1).toText(), row.at(2).toText() });
        else
            locks.waiting->append(sessionOf(row));
    }
    return locks;
}

void PostgresLockWatch::know(const PostgresTouched::Found& found)
{
    m_held.emplace();
    for (const PostgresTouched::Held& each : found.held)
        m_held->append(each.lock);
    m_someoneWaits = found.someoneWaits;
    m_sinceKnown = found.sinceAnswered;
}

void PostgresLockWatch::ask(PostgresConnection& before)
{
    m_someoneWaits.reset();
    before.submit({ "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)", {}, true },
                  [this](const Result<Rowset>& rows) {
                      if (rows)
                          m_someoneWaits = rows->rows.constFirst().constFirst().toBoolean();
                  });
    before.push();
    m_sinceKnown.start();
}

std::optional<HeldLocks> PostgresLockWatch::locks(PostgresConnection& before)
{
    constexpr qint64 moment = 5; // ms
    if (!m_held)
        return {};
    if (!m_someoneWaits || m_sinceKnown.hasExpired(moment))
        ask(before);
    if (!before.flush() || m_someoneWaits != false)
        return {};
    HeldLocks locks;
    locks.held = *m_held;
    locks.waiting.emplace();
    return locks;
}

} // namespace holdpoint
