// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrespairing.h"

#include <QSet>

#include <algorithm>
#include <map>

namespace holdpoint {

namespace {

/// What stays of a row that moves to another partition: the command id of the move, and its key without the
/// partition key. Nothing if no column stays.
std::optional<Row> identityOf(const Row& row, const PostgresTouch& touch, const PostgresShape& shape)
{
    Row identity { Value::integer(touch.command) };
    for (const int index : shape.key) {
        if (!shape.partitionKey.contains(index))
            identity.append(row.at(index));
    }
    return touch.known && identity.size() > 1 ? std::optional(identity) : std::nullopt;
}

/// Replaces a deleted row by the inserted row that it became.
void merge(PostgresFoundRow& old, PostgresFoundRow& fresh)
{
    fresh.change.change = ChangeKind::Update;
    fresh.change.before = std::move(old.change.before);
    fresh.first = old.first;
}

void dropRows(PostgresFoundTable& table, const QSet<qsizetype>& gone)
{
    QList<PostgresFoundRow> kept;
    kept.reserve(table.rows.size() - gone.size());
    for (qsizetype i = 0; i < table.rows.size(); ++i) {
        if (!gone.contains(i))
            kept.append(std::move(table.rows[i]));
    }
    table.rows = std::move(kept);
}

} // namespace

void pairByKey(PostgresFoundTable& table)
{
    const QList<int>& key = table.effects.keyColumns;
    std::map<Row, qsizetype> removed;
    const auto keyOf = [&key](const Row& row) {
        Row values;
        for (const int index : key)
            values.append(row.at(index));
        return values;
    };
    const auto is = [](ChangeKind kind) { return [kind](const auto& row) { return row.change.change == kind; }; };
    if (!std::ranges::any_of(table.rows, is(ChangeKind::Delete))
        || !std::ranges::any_of(table.rows, is(ChangeKind::Insert)))
        return;
    for (qsizetype i = 0; i < table.rows.size(); ++i) {
        if (table.rows.at(i).change.change == ChangeKind::Delete)
            removed.emplace(keyOf(table.rows.at(i).change.before), i);
    }
    QSet<qsizetype> gone;
    for (qsizetype i = 0; i < table.rows.size(); ++i) {
        PostgresFoundRow& row = table.rows[i];
        const auto match
            = row.change.change == ChangeKind::Insert ? removed.find(keyOf(row.change.after)) : removed.end();
        if (match == removed.end())
            continue;
        merge(table.rows[match->second], row);
        gone.insert(match->second);
        if (row.change.before == row.change.after)
            gone.insert(i);
    }
    dropRows(table, gone);
}

void pairMoved(PostgresFoundTable& table, const PostgresShape& shape)
{
    std::multimap<Row, qsizetype> removed;
    for (qsizetype i = 0; i < table.rows.size(); ++i) {
        const PostgresFoundRow& row = table.rows.at(i);
        if (row.change.change != ChangeKind::Delete)
            continue;
        if (const auto identity = identityOf(row.change.before, row.first, shape))
            removed.emplace(*identity, i);
    }
    QSet<qsizetype> gone;
    for (PostgresFoundRow& row : table.rows) {
        if (row.change.change != ChangeKind::Insert || removed.empty())
            continue;
        const auto identity = identityOf(row.change.after, row.last, shape);
        if (!identity || removed.count(*identity) != 1)
            continue;
        const qsizetype match = removed.find(*identity)->second;
        PostgresFoundRow& old = table.rows[match];
        if (old.change.partition == row.change.partition)
            continue;
        merge(old, row);
        gone.insert(match);
        removed.erase(*identity);
    }
    dropRows(table, gone);
}

} // namespace holdpoint
