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
       coalesce(pg_relation_filenode(c.oid), 0)::int8, coalesce(r.oid, 0)::int8, rn.nspname, r.relname
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

constexpr auto countersQuery = R"sql(
SELECT oid::int8, pg_stat_get_xact_tuples_inserted(oid), pg_stat_get_xact_tuples_updated(oid),
       pg_stat_get_xact_tuples_deleted(oid)
  FROM pg_class
 WHERE relkind IN ('r', 'm') AND (pg_stat_get_xact_tuples_inserted(oid) > 0
       OR pg_stat_get_xact_tuples_updated(oid) > 0 OR pg_stat_get_xact_tuples_deleted(oid) > 0))sql";

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

Result<QHash<qint64, PostgresTouched::Counters>> PostgresTouched::counters(Connection& now)
{
    const auto rows = now.query({ countersQuery, {} });
    if (!rows)
        return rows.error();
    QHash<qint64, Counters> counters;
    for (const Row& row : rows->rows)
        counters.insert(row.at(0).toInteger(), { row.at(1).toInteger(), row.at(2).toInteger(), row.at(3).toInteger() });
    return counters;
}

Result<void> PostgresTouched::remember(Connection& now)
{
    auto earlier = counters(now);
    if (!earlier)
        return earlier.error();
    m_earlier = std::move(*earlier);
    return {};
}

Result<PostgresTouched::Found> PostgresTouched::find(const PostgresWorlds& worlds) const
{
    const auto counting = worlds.now.query({ "SELECT current_setting('track_counts')::bool", {} });
    if (!counting)
        return counting.error();
    const auto later = counters(worlds.now);
    if (!later)
        return later.error();
    const auto rows = worlds.now.query({ touchedQuery, {} });
    if (!rows)
        return rows.error();
    Found found;
    found.counted = counting->rows.at(0).at(0).toBoolean();
    QList<qint64> gone;
    for (const Row& row : rows->rows) {
        if (row.at(1).isNull()) {
            gone.append(row.at(0).toInteger());
            continue;
        }
        PostgresRelation relation = relationOf(row);
        if (relation.kind == "S"_L1) {
            found.sequences.append(relation.oid);
            continue;
        }
        const Counters before = m_earlier.value(relation.oid);
        const Counters after = later->value(relation.oid);
        relation.inserted = std::max(after.inserted - before.inserted, qint64(0)); // TRUNCATE begins anew
        relation.updated = std::max(after.updated - before.updated, qint64(0));
        relation.deleted = std::max(after.deleted - before.deleted, qint64(0));
        found.tables.append(relation);
    }
    if (auto dropped = addDropped(worlds.before, gone, found); !dropped)
        return dropped.error();
    if (auto created = markCreated(worlds.before, found); !created)
        return created.error();
    matchReplaced(found);
    if (auto catalogs = addCatalogs(worlds.now, *later, found); !catalogs)
        return catalogs.error();
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
Result<void> PostgresTouched::addCatalogs(Connection& now, const QHash<qint64, Counters>& later, Found& found) const
{
    const auto rows = now.query(
        { "SELECT oid::int8, relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"
          " AND relname NOT IN ('pg_depend', 'pg_shdepend', 'pg_init_privs', 'pg_statistic', 'pg_statistic_ext_data')"
          " AND oid = ANY ($1::int8[]::oid[]) ORDER BY relname",
          { arrayOf(later.keys()) } });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        const Counters before = m_earlier.value(row.at(0).toInteger());
        const Counters after = later.value(row.at(0).toInteger());
        PostgresRelation catalog;
        catalog.inserted = after.inserted - before.inserted;
        catalog.updated = after.updated - before.updated;
        catalog.deleted = after.deleted - before.deleted;
        if (catalog.isCounted())
            found.catalogs.append(row.at(1).toText() + ": "_L1 + catalog.countersText());
    }
    return {};
}

} // namespace holdpoint
