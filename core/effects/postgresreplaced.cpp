// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestouched.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

// Tables that the transaction dropped, made, or made anew.

namespace holdpoint {

namespace {

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

Result<QSet<qint64>> oidsOf(const PostgresWorlds& worlds, const QByteArray& question, const QList<qint64>& oids)
{
    QSet<qint64> answers;
    if (oids.isEmpty())
        return answers;
    const auto rows = worlds.before().query({ question, { arrayOf(oids) } });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows)
        answers.insert(row.at(0).toInteger());
    return answers;
}

} // namespace

Result<void> PostgresTouched::addDropped(const PostgresWorlds& worlds, const QList<qint64>& oids, Found& found)
{
    if (oids.isEmpty())
        return {};
    const auto rows = worlds.before().query({ oldTablesQuery, { arrayOf(oids) } });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        PostgresRelation relation;
        relation.oid = row.at(0).toInteger();
        relation.name = nameIn(row, 1);
        relation.kind = row.at(3).toText();
        relation.exclusive = true;
        relation.dropped = true;
        relation.readable = row.at(4).toBoolean();
        relation.filtered = row.at(5).toBoolean();
        relation.root = row.at(6).toInteger();
        relation.rootName = nameIn(row, 7);
        found.tables.append(relation);
    }
    return {};
}

/// Nobody else can read a table one of whose indexes is locked: whoever plans a query opens them all. One that the
/// batch made is not known to others.
Result<void> PostgresTouched::markIndexed(const PostgresWorlds& worlds, const QList<qint64>& indexes, Found& found)
{
    const auto tables
        = oidsOf(worlds, "SELECT indrelid::int8 FROM pg_index WHERE indexrelid = ANY ($1::int8[]::oid[])", indexes);
    if (!tables)
        return tables.error();
    for (PostgresRelation& relation : found.tables)
        relation.exclusive = relation.exclusive || tables->contains(relation.oid);
    return {};
}

Result<void> PostgresTouched::markCreated(const PostgresWorlds& worlds, Found& found)
{
    QList<qint64> oids;
    for (const PostgresRelation& relation : found.tables) {
        if (relation.exclusive && !relation.dropped)
            oids.append(relation.oid);
    }
    const auto old = oidsOf(worlds, "SELECT oid::int8 FROM pg_class WHERE oid = ANY ($1::int8[]::oid[])", oids);
    if (!old)
        return old.error();
    for (PostgresRelation& relation : found.tables)
        relation.created = relation.exclusive && !relation.dropped && !old->contains(relation.oid);
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

} // namespace holdpoint
