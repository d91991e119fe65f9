// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrespairing.h"

#include <QSet>

#include <algorithm>
#include <map>

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
    const QList<int> staying = stayingColumns(shape);
    std::multimap<Row, qsizetype> removed;
    std::multimap<Row, qsizetype> added;
    for (qsizetype i = 0; i < table.rows.size(); ++i) {
        const PostgresFoundRow& row = table.rows.at(i);
        const bool isRemoved = row.change.change == ChangeKind::Delete;
        if (row.change.change == ChangeKind::Update)
            continue;
        if (const auto identity = isRemoved ? identityOf(row.change.before, row.first, staying)
                                            : identityOf(row.change.after, row.last, staying))
            (isRemoved ? removed : added).emplace(*identity, i);
    }
    QSet<qsizetype> gone;
    for (const auto& [identity, index] : removed) {
        if (removed.count(identity) != 1 || added.count(identity) != 1)
            continue;
        PostgresFoundRow& row = table.rows[added.find(identity)->second];
        if (table.rows.at(index).change.partition == row.change.partition)
            continue;
        merge(table.rows[index], row);
        gone.insert(index);
    }
    dropRows(table, gone);
}

} // namespace holdpoint
