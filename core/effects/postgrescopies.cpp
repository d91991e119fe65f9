// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescopies.h"

#include "effects/postgresscan.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qint64 mostBytes = 256 << 20;

constexpr auto closureQuery = R"sql(
WITH RECURSIVE closure(oid) AS (
        SELECT to_regclass(name)::oid FROM jsonb_array_elements_text($1::jsonb) name
  UNION SELECT next.oid FROM closure CROSS JOIN LATERAL (
               SELECT inhrelid AS oid FROM pg_catalog.pg_inherits WHERE inhparent = closure.oid
         UNION SELECT conrelid FROM pg_catalog.pg_constraint WHERE confrelid = closure.oid AND contype = 'f') next)
SELECT c.oid::int8, n.nspname, c.relname, pg_table_size(c.oid), coalesce(pg_relation_filenode(c.oid), 0)::int8,
       has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'),
       CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END::int8
  FROM closure JOIN pg_catalog.pg_class c USING (oid) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm')
 ORDER BY pg_table_size(c.oid))sql";

// SHARE ROW EXCLUSIVE may be taken by whoever may change rows.
constexpr auto lockableQuery = R"sql(
WITH RECURSIVE family(oid) AS (
        SELECT to_regclass(name)::oid FROM jsonb_array_elements_text($1::jsonb) name
  UNION SELECT inhrelid FROM pg_catalog.pg_inherits JOIN family ON inhparent = family.oid)
SELECT c.oid::int8, n.nspname, c.relname
  FROM family JOIN pg_catalog.pg_class c USING (oid) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND has_schema_privilege(n.oid, 'USAGE')
   AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
 ORDER BY c.oid)sql";

/// As a JSON array of what to_regclass() reads.
Value namesOf(const Connection& connection, const QList<TableName>& names)
{
    QJsonArray texts;
    for (const TableName& name : names) {
        const QByteArray table = connection.quoted(name.table);
        texts.append(QString::fromUtf8(name.schema.isEmpty() ? table : connection.quoted(name.schema) + '.' + table));
    }
    return Value::text(QString::fromUtf8(QJsonDocument(texts).toJson(QJsonDocument::Compact)));
}

/// The columns of both moments: the later ones first, then those that are gone.
struct Columns
{
    QStringList names;
    QList<int> fromBefore; // index in each moment's rows, -1 where it has no such column
    QList<int> fromAfter;
};

Columns unite(const PostgresShape& before, const PostgresShape& after)
{
    Columns columns;
    for (qsizetype i = 0; i < after.names.size(); ++i) {
        columns.names.append(after.names.at(i));
        columns.fromAfter.append(static_cast<int>(i));
        columns.fromBefore.append(before.find(after, static_cast<int>(i)));
    }
    for (qsizetype i = 0; i < before.names.size(); ++i) {
        if (after.find(before, static_cast<int>(i)) >= 0)
            continue;
        const QString& name = before.names.at(i);
        columns.names.append(columns.names.contains(name) ? name + " (dropped)"_L1 : name);
        columns.fromAfter.append(-1);
        columns.fromBefore.append(static_cast<int>(i));
    }
    return columns;
}

Row pick(const Row& row, const QList<int>& places)
{
    Row picked;
    picked.reserve(places.size());
    for (const int place : places)
        picked.append(place < 0 ? Value() : row.at(place));
    return picked;
}

/// The primary key of the later moment, if the earlier one has all its columns.
QList<int> commonKey(const PostgresShape& before, const PostgresShape& after)
{
    if (before.names.isEmpty())
        return after.key;
    const bool dropped = after.names.isEmpty();
    for (const int index : after.key) {
        if (before.find(after, index) < 0)
            return {};
    }
    return dropped ? before.key : after.key;
}

PostgresFoundRow changed(ChangeKind kind, Row before, Row after, const PostgresTouch& last)
{
    PostgresFoundRow row;
    row.change.change = kind;
    row.change.before = std::move(before);
    row.change.after = std::move(after);
    row.last = last;
    return row;
}

/// Only the last touch of such a row is ever known: a run that copies the table before the batch knows none.
PostgresTouch endOf(const PostgresCopy& before, qsizetype version, bool rewritten)
{
    const PostgresTouch& touch = before.versions.touch(version);
    if (before.endedSince && touch.xid != 0 && static_cast<qint32>(touch.xid - *before.endedSince) >= 0)
        return touch;
    PostgresTouch unknown;
    unknown.ownEnd = !rewritten;
    return unknown;
}

} // namespace

PostgresFoundRows diffCopies(const PostgresCopy& before, const PostgresCopy& after, bool rewritten,
                             TableEffects& effects)
{
    const Columns columns = unite(before.shape, after.shape);
    const QList<int> key = commonKey(before.shape, after.shape);
    effects.columns = columns.names;
    effects.keyColumns = key;
    effects.generated = after.shape.names.isEmpty() ? before.shape.generated : after.shape.generated;
    const auto nameOf = [&key](const Row& row) { return key.isEmpty() ? row : pick(row, key); };
    const auto oldRow = [&](qsizetype version) { return pick(before.versions.row(version), columns.fromBefore); };
    std::multimap<Row, qsizetype> old; // by key, else by the whole row
    for (qsizetype version = 0; version < before.versions.size(); ++version)
        old.emplace(nameOf(oldRow(version)), version);
    PostgresFoundRows found;
    for (qsizetype version = 0; version < after.versions.size(); ++version) {
        const PostgresTouch& touch = after.versions.touch(version);
        Row row = pick(after.versions.row(version), columns.fromAfter);
        const auto match = old.find(nameOf(row));
        if (match == old.end()) {
            PostgresFoundRow added = changed(ChangeKind::Insert, {}, std::move(row), touch);
            added.change.rowid = rowidOf(after.shape, after.versions.place(version));
            found.append(added);
            continue;
        }
        if (Row was = oldRow(match->second); was != row)
            found.append(changed(ChangeKind::Update, std::move(was), std::move(row), touch));
        old.erase(match);
    }
    for (const auto& [name, version] : old)
        found.append(changed(ChangeKind::Delete, oldRow(version), {}, endOf(before, version, rewritten)));
    return found;
}

Result<void> PostgresCopies::lock(Connection& now, Connection& before, const QList<TableName>& names)
{
    const auto tables = before.query({ lockableQuery, { namesOf(before, names) } });
    if (!tables)
        return tables.error();
    QByteArrayList quoted;
    for (const Row& row : tables->rows) {
        quoted.append("ONLY " + qualified(now, { row.at(1).toText(), row.at(2).toText() }));
        m_locked.insert(row.at(0).toInteger());
    }
    return quoted.isEmpty() ? Result<void>()
                            : run(now, "LOCK TABLE " + quoted.join(", ") + " IN SHARE ROW EXCLUSIVE MODE");
}

Result<void> PostgresCopies::take(PostgresConnection& connection, const QList<TableName>& names)
{
    if (names.isEmpty())
        return {};
    const auto tables = connection.query({ closureQuery, { namesOf(connection, names) } });
    if (!tables)
        return tables.error();
    qint64 bytes = 0;
    for (const Row& row : tables->rows) {
        const qint64 oid = row.at(0).toInteger();
        bytes += row.at(3).toInteger();
        if (!row.at(5).toBoolean()) {
            m_refused.insert(oid, u"this user may not read it"_s);
            continue;
        }
        if (bytes > mostBytes) {
            m_refused.insert(
                oid, u"it is too large to be copied before the batch (%1 MB)"_s.arg(row.at(3).toInteger() >> 20));
            continue;
        }
        PostgresCopy copy { oid, row.at(4).toInteger(), {}, {}, {} };
        auto shape = readShape(connection, row.at(6).toInteger());
        if (!shape)
            return shape.error();
        auto versions
            = readVersions(connection, { row.at(1).toText(), row.at(2).toText() }, *shape, PostgresTouching::Birth);
        if (!versions)
            return versions.error();
        copy.shape = std::move(*shape);
        copy.versions = std::move(*versions);
        m_copies.insert_or_assign(oid, std::move(copy));
    }
    return {};
}

const PostgresCopy* PostgresCopies::find(qint64 oid) const
{
    const auto found = m_copies.find(oid);
    return found == m_copies.end() ? nullptr : &found->second;
}

QString PostgresCopies::whyNot(qint64 oid) const
{
    return m_refused.value(oid, u"no command names it, so it was not copied before the batch"_s);
}

} // namespace holdpoint
