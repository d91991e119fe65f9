// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestouched.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// AccessShareLock is a reader's, RowShareLock that of SELECT FOR UPDATE and of foreign key checks.
constexpr auto touchedQuery = R"sql(
WITH mine AS (
  SELECT l.relation AS oid, bool_or(l.mode = 'AccessExclusiveLock') AS exclusive
    FROM pg_locks l
   WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.granted
     AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
     AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
   GROUP BY l.relation)
SELECT m.oid::int8, n.nspname, c.relname, c.relkind::text, m.exclusive, c.relpersistence = 't',
       has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'), row_security_active(c.oid),
       coalesce(pg_relation_filenode(c.oid), 0)::int8, coalesce(r.oid, 0)::int8, rn.nspname, r.relname,
       c.relpages::int8
  FROM mine m
  LEFT JOIN pg_class c ON c.oid = m.oid
  LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
  LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
 WHERE c.oid IS NULL OR (c.relkind IN ('r', 'm', 'f', 'S') AND n.nspname NOT IN ('pg_catalog', 'pg_toast'))
 ORDER BY m.oid)sql";

constexpr auto oldTablesQuery = R"sql(
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text, has_table_privilege(c.oid, 'SELECT'),
       row_security_active(c.oid), coalesce(r.oid, 0)::int8, rn.nspname, r.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class r ON c.relispartition AND r.oid = (
         WITH RECURSIVE up(oid) AS (SELECT c.oid UNION
           SELECT i.inhparent FROM pg_inherits i JOIN up ON i.inhrelid = up.oid)
         SELECT up.oid FROM up WHERE NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = up.oid))
  LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
 WHERE c.oid = ANY ($1::int8[]::oid[]) AND c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'pg_toast'))sql";

// The catalogs by name that describe a schema: what follows from other changes is left out.
constexpr auto countersQuery = R"sql(
SELECT oid::int8, pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid),
       pg_stat_get_xact_tuples_deleted(oid),
       CASE WHEN relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace AND relname NOT IN ('pg_depend',
                 'pg_shdepend', 'pg_init_privs', 'pg_statistic', 'pg_statistic_ext_data') THEN relname END
  FROM pg_class
 WHERE relkind IN ('r', 'm') AND (pg_stat_get_xact_tuples_inserted(oid) > 0
       OR pg_stat_get_xact_tuples_updated(oid) > 0 OR pg_stat_get_xact_tuples_deleted(oid) > 0)
 ORDER BY relname)sql";

constexpr auto transactionQuery
    = "SELECT current_setting('track_counts')::bool, pg_current_xact_id_if_assigned()::text";

TableName nameOf(const Row& row, int schema)
{
    return row.at(schema).isNull() ? TableName() : TableName { row.at(schema).toText(), row.at(schema + 1).toText() };
}

PostgresRelation relationOf(const Row& row)
{
    PostgresRelation relation;
    relation.oid = row.at(0).toInteger();
    relation.name = nameOf(row, 1);
    relation.kind = row.at(3).toText();
    relation.exclusive = row.at(4).toBoolean();
    relation.temporary = row.at(5).toBoolean();
    relation.readable = row.at(6).toBoolean();
    relation.filtered = row.at(7).toBoolean();
    relation.fileNode = row.at(8).toInteger();
    relation.root = row.at(9).toInteger();
    relation.rootName = nameOf(row, 10);
    relation.pages = row.at(12).toInteger();
    return relation;
}

} // namespace

Value arrayOf(const QList<qint64>& numbers)
{
    QStringList texts;
    for (const qint64 number : numbers)
        texts.append(QString::number(number));
    return Value::text(u'{' + texts.join(u',') + u'}');
}

Connection::ResultSink PostgresTouched::into(Rowset& answer)
{
    return [this, &answer](Result<Rowset> rows) {
        if (rows)
            answer = std::move(*rows);
        else if (!m_error)
            m_error = rows.error();
    };
}

void PostgresTouched::remember(Connection& now)
{
    now.submit({ countersQuery, {}, true }, into(m_earlier));
}

void PostgresTouched::ask(Connection& now)
{
    now.submit({ transactionQuery, {}, true }, into(m_transaction));
    now.submit({ countersQuery, {}, true }, into(m_later));
    now.submit({ touchedQuery, {}, true }, into(m_locked));
}

PostgresTouched::Counters PostgresTouched::countersOf(const Row& row)
{
    return { row.at(1).toInteger(), row.at(2).toInteger(), row.at(3).toInteger() };
}

/// By relation, since the beginning.
QHash<qint64, PostgresTouched::Counters> PostgresTouched::changes() const
{
    QHash<qint64, Counters> changes;
    for (const Row& row : m_later.rows)
        changes.insert(row.at(0).toInteger(), countersOf(row));
    for (const Row& row : m_earlier.rows) {
        const auto later = changes.find(row.at(0).toInteger());
        if (later == changes.end())
            continue;
        const Counters before = countersOf(row);
        later->inserted = std::max(later->inserted - before.inserted, qint64(0)); // TRUNCATE begins anew
        later->updated = std::max(later->updated - before.updated, qint64(0));
        later->deleted = std::max(later->deleted - before.deleted, qint64(0));
    }
    return changes;
}

Result<PostgresTouched::Found> PostgresTouched::find(const PostgresWorlds& worlds) const
{
    if (m_error)
        return *m_error;
    Found found;
    const Row& transaction = m_transaction.rows.constFirst();
    found.counted = transaction.at(0).toBoolean();
    found.xid = transaction.at(1).isNull() ? QString() : transaction.at(1).toText();
    const QHash<qint64, Counters> changed = changes();
    QList<qint64> gone;
    for (const Row& row : m_locked.rows) {
        if (row.at(1).isNull()) {
            gone.append(row.at(0).toInteger());
            continue;
        }
        PostgresRelation relation = relationOf(row);
        if (relation.kind == "S"_L1) {
            found.sequences.append(relation.oid);
            continue;
        }
        const Counters counters = changed.value(relation.oid);
        relation.inserted = counters.inserted;
        relation.updated = counters.updated;
        relation.deleted = counters.deleted;
        found.tables.append(relation);
    }
    if (auto dropped = addDropped(worlds.before, gone, found); !dropped)
        return dropped.error();
    if (auto created = markCreated(worlds.before, found); !created)
        return created.error();
    matchReplaced(found);
    addCatalogs(changed, found);
    return found;
}

Result<void> PostgresTouched::addDropped(Connection& before, const QList<qint64>& oids, Found& found)
{
    if (oids.isEmpty())
        return {};
    const auto rows = before.query({ oldTablesQuery, { arrayOf(oids) } });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        PostgresRelation relation;
        relation.oid = row.at(0).toInteger();
        relation.name = nameOf(row, 1);
        relation.kind = row.at(3).toText();
        relation.exclusive = true;
        relation.dropped = true;
        relation.readable = row.at(4).toBoolean();
        relation.filtered = row.at(5).toBoolean();
        relation.root = row.at(6).toInteger();
        relation.rootName = nameOf(row, 7);
        found.tables.append(relation);
    }
    return {};
}

Result<void> PostgresTouched::markCreated(Connection& before, Found& found)
{
    QList<qint64> oids;
    for (const PostgresRelation& relation : found.tables) {
        if (relation.exclusive && !relation.dropped)
            oids.append(relation.oid);
    }
    if (oids.isEmpty())
        return {};
    const auto rows
        = before.query({ "SELECT oid::int8 FROM pg_class WHERE oid = ANY ($1::int8[]::oid[])", { arrayOf(oids) } });
    if (!rows)
        return rows.error();
    QSet<qint64> old;
    for (const Row& row : rows->rows)
        old.insert(row.at(0).toInteger());
    for (PostgresRelation& relation : found.tables)
        relation.created = relation.exclusive && !relation.dropped && !old.contains(relation.oid);
    return {};
}

/// A table that was dropped and made again, or whose place another one took, is the same for whoever reads it.
void PostgresTouched::matchReplaced(Found& found)
{
    QSet<qint64> replaced;
    for (PostgresRelation& relation : found.tables) {
        if (!relation.created || relation.root != 0)
            continue;
        const auto old = std::ranges::find_if(found.tables, [&](const PostgresRelation& each) {
            return each.dropped && each.root == 0 && each.name == relation.name;
        });
        if (old == found.tables.end())
            continue;
        relation.replaces = old->oid;
        replaced.insert(old->oid);
    }
    found.tables.removeIf([&](const PostgresRelation& each) { return replaced.contains(each.oid); });
}

/// What follows from other changes or describes no schema is left out.
void PostgresTouched::addCatalogs(const QHash<qint64, Counters>& changes, Found& found) const
{
    for (const Row& row : m_later.rows) {
        if (row.at(4).isNull())
            continue;
        const Counters counters = changes.value(row.at(0).toInteger());
        PostgresRelation catalog;
        catalog.inserted = counters.inserted;
        catalog.updated = counters.updated;
        catalog.deleted = counters.deleted;
        if (catalog.isCounted())
            found.catalogs.append(row.at(4).toText() + ": "_L1 + catalog.countersText());
    }
}

} // namespace holdpoint
