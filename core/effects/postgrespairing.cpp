// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrespairing.h"

#include <QSet>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace holdpoint {

namespace {

/// What a row keeps when it moves to another partition: of its primary key what does not decide the partition; if that
/// is nothing, all columns that do not.
QList<int> stayingColumns(const PostgresShape& shape)
{
    QList<int> columns;
    const auto stays = [&](int index) { return !shape.partitionKey.contains(index); };
    std::ranges::copy_if(shape.key, std::back_inserter(columns), stays);
    if (!columns.isEmpty())
        return columns;
    for (int index = 0; index < shape.names.size(); ++index) {
        if (stays(index) && !shape.generated.contains(index))
            columns.append(index);
    }
    return columns;
}

/// The command id of the move, and what stays. Nothing if nothing stays.
std::optional<Row> identityOf(const Row& row, const PostgresTouch& touch, const QList<int>& staying)
{
    Row identity { Value::integer(touch.command) };
    for (const int index : staying)
        identity.append(row.at(index));
    return touch.known && identity.size() > 1 ? std::optional(identity) : std::nullopt;
}

/// Replaces a deleted row by the inserted row that it became.
void merge(const PostgresFoundRow& old, PostgresFoundRow& fresh)
{
    fresh.change.change = ChangeKind::Update;
    fresh.change.before = old.change.before;
    fresh.first = old.first;
}

void dropRows(PostgresFoundTable& table, const QSet<qsizetype>& gone)
{
    if (gone.isEmpty())
        return;
    std::vector<qsizetype> kept;
    for (qsizetype row = 0; row < table.rows.size(); ++row) {
        if (!gone.contains(row))
            kept.push_back(row);
    }
    table.rows.arrange(kept);
}

/// The bytes of its values alone.
std::string_view contentOf(const PackedRow& row)
{
    const char* end = row.first();
    for (qsizetype column = 0; column < row.count; ++column)
        end += packed::length(end);
    return { row.first(), static_cast<size_t>(end - row.first()) };
}

/// Without a key, rows are told apart by their content alone.
void cancelEqual(PostgresFoundTable& table)
{
    const auto& rows = table.rows.changes();
    std::unordered_multimap<std::string_view, qsizetype> removed;
    for (qsizetype row = 0; row < rows.size(); ++row) {
        if (rows.view(row).change() == ChangeKind::Delete)
            removed.emplace(contentOf(rows.view(row).before()), row);
    }
    QSet<qsizetype> gone;
    for (qsizetype row = 0; row < rows.size(); ++row) {
        if (rows.view(row).change() != ChangeKind::Insert)
            continue;
        const auto equal = removed.find(contentOf(rows.view(row).after()));
        if (equal == removed.end())
            continue;
        gone.insert(row);
        gone.insert(equal->second);
        removed.erase(equal);
    }
    dropRows(table, gone);
}

void pairByKey(PostgresFoundTable& table)
{
    PostgresFoundRows& rows = table.rows;
    const auto keyOf = [&key = table.effects.keyColumns](const Row& row) {
        Row values;
        for (const int index : key)
            values.append(row.at(index));
        return values;
    };
    if (!rows.has(ChangeKind::Delete) || !rows.has(ChangeKind::Insert))
        return;
    if (table.effects.keyColumns.isEmpty())
        return cancelEqual(table);
    std::multimap<Row, qsizetype> removed;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (rows.change(i) == ChangeKind::Delete)
            removed.emplace(keyOf(rows.at(i).change.before), i);
    }
    QSet<qsizetype> gone;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (rows.change(i) != ChangeKind::Insert)
            continue;
        PostgresFoundRow row = rows.at(i);
        const auto match = removed.find(keyOf(row.change.after));
        if (match == removed.end())
            continue;
        merge(rows.at(match->second), row);
        rows.replace(i, row);
        gone.insert(match->second);
        if (row.change.before == row.change.after)
            gone.insert(i);
        removed.erase(match);
    }
    dropRows(table, gone);
}

void pairMoved(PostgresFoundTable& table, const PostgresShape& shape)
{
    const QList<int> staying = stayingColumns(shape);
    std::multimap<Row, qsizetype> removed;
    std::multimap<Row, qsizetype> added;
    qsizetype place = 0;
    table.rows.forEach([&](const PostgresFoundRow& row) {
        const qsizetype i = place++;
        const bool isRemoved = row.change.change == ChangeKind::Delete;
        if (row.change.change == ChangeKind::Update)
            return;
        if (const auto identity = isRemoved ? identityOf(row.change.before, row.first, staying)
                                            : identityOf(row.change.after, row.last, staying))
            (isRemoved ? removed : added).emplace(*identity, i);
    });
    QSet<qsizetype> gone;
    for (const auto& [identity, index] : removed) {
        if (removed.count(identity) != 1 || added.count(identity) != 1)
            continue;
        const qsizetype moved = added.find(identity)->second;
        PostgresFoundRow row = table.rows.at(moved);
        const PostgresFoundRow old = table.rows.at(index);
        if (old.change.partition == row.change.partition)
            continue;
        merge(old, row);
        table.rows.replace(moved, row);
        gone.insert(index);
    }
    dropRows(table, gone);
}

} // namespace

void pairRows(PostgresFoundTable& table, const PostgresShape& shape)
{
    pairByKey(table);
    if (table.partitioned)
        pairMoved(table, shape);
}

} // namespace holdpoint
