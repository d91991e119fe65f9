// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "schema/schemareader.h"
#include "session/connection.h"

#include <QMap>

#include <algorithm>

namespace holdpoint {

/// All tables of a database with all their rows.
struct Observed
{
    QList<Table> tables;
    QMap<QString, QList<Row>> rows; ///< by schema.table, sorted
};

/// Its rows are also the root's.
inline bool isPartition(Connection& connection, const Table& table)
{
    if (connection.engine() == EngineKind::SQLite)
        return false;
    const auto answer = connection.query(
        { "SELECT relispartition FROM pg_class WHERE oid = format('%I.%I', $1::text, $2::text)::regclass",
          { Value::text(table.schema), Value::text(table.name) } });
    return answer.value().rows.value(0).value(0) == Value::boolean(true);
}

inline Observed observe(Connection& connection)
{
    Observed seen;
    const auto reader = SchemaReader::forConnection(connection);
    const auto tables = reader->tables().value();
    for (const Table& named : tables) {
        if (named.internal || isPartition(connection, named)
            || (named.kind != TableKind::Table && named.kind != TableKind::Partitioned))
            continue;
        const Table table = reader->tableWithKeys(named.schema, named.name).value();
        const bool only = connection.engine() == EngineKind::PostgreSQL && table.kind == TableKind::Table;
        auto rows = connection.query({ "SELECT * FROM " + QByteArray(only ? "ONLY " : "")
                                           + connection.quoted(table.schema) + '.' + connection.quoted(table.name),
                                       {} });
        QList<Row> sorted = rows.value().rows;
        std::ranges::sort(sorted);
        seen.tables.append(table);
        seen.rows.insert(table.schema + QLatin1Char('.') + table.name, sorted);
    }
    return seen;
}

/// The net change of one table, found by comparing all its rows. Old and new rows are the same row if their key is,
/// or their column "tag"; without a key, any two that are left over.
inline TableEffects difference(const Table& table, QList<Row> before, QList<Row> after)
{
    TableEffects effects;
    effects.name = { table.schema, table.name };
    for (int column = 0; column < table.columns.size(); ++column) {
        effects.columns.append(table.columns.at(column).name);
        if (table.columns.at(column).generated)
            effects.generated.append(column);
    }
    for (const QString& column : table.primaryKey())
        effects.keyColumns.append(table.columnIndex(column));
    for (const Row& row : QList<Row>(before)) {
        if (after.removeOne(row))
            before.removeOne(row);
    }
    QList<int> identity = effects.keyColumns;
    if (const int tag = table.columnIndex(QStringLiteral("tag")); tag >= 0)
        identity = { tag };
    const auto sameRow = [&](const Row& left, const Row& right) {
        return std::ranges::all_of(identity, [&](int column) { return left.at(column) == right.at(column); });
    };
    for (const Row& old : std::as_const(before)) {
        RowChange change;
        change.before = old;
        const auto now = std::ranges::find_if(after, [&](const Row& row) { return sameRow(old, row); });
        if (now != after.end()) {
            change.after = *now;
            after.erase(now);
            ++effects.updated;
        } else {
            change.change = ChangeKind::Delete;
            ++effects.deleted;
        }
        effects.rows.append(change);
    }
    for (const Row& now : std::as_const(after)) {
        RowChange change;
        change.change = ChangeKind::Insert;
        change.after = now;
        effects.rows.append(change);
        ++effects.inserted;
    }
    return effects;
}

inline TargetEffects difference(const Target& target, const Observed& before, const Observed& after)
{
    TargetEffects effects;
    effects.target = target.name;
    effects.engine = target.engine;
    for (const Table& table : after.tables) {
        const QString name = table.schema + QLatin1Char('.') + table.name;
        const TableEffects changed = difference(table, before.rows.value(name), after.rows.value(name));
        if (!changed.rows.isEmpty())
            effects.tables.append(changed);
    }
    normalize(effects);
    return effects;
}

} // namespace holdpoint
