// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrespairing.h"

#include "effects/keymatch.h"
#include "effects/spillindex.h"

#include <algorithm>

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

/// The command id of the move, and what stays. Empty if nothing stays.
std::string identityOf(const Row& row, const PostgresTouch& touch, const QList<int>& staying)
{
    if (!touch.known || staying.isEmpty())
        return {};
    std::string identity = std::to_string(touch.command) + ':';
    for (const int index : staying)
        packed::append(identity, row.at(index));
    return identity;
}

/// Replaces a deleted row by the inserted row that it became.
void merge(const PostgresFoundRow& old, PostgresFoundRow& fresh)
{
    fresh.change.change = ChangeKind::Update;
    fresh.change.before = old.change.before;
    fresh.first = old.first;
}

/// Which rows are to be dropped.
class GoneRows
{
public:
    explicit GoneRows(const PostgresFoundTable& table)
        : m_gone(static_cast<size_t>(table.rows.size()))
    {
    }
    void insert(qsizetype row)
    {
        m_gone[static_cast<size_t>(row)] = true;
        m_any = true;
    }
    void dropFrom(PostgresFoundTable& table) const
    {
        if (!m_any)
            return;
        SpillVector<qsizetype> kept;
        for (qsizetype row = 0; row < table.rows.size(); ++row) {
            if (!m_gone[static_cast<size_t>(row)])
                kept.push_back(row);
        }
        table.rows.arrange(kept);
    }

private:
    std::vector<bool> m_gone;
    bool m_any = false;
};

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
    SpillIndex removed;
    for (qsizetype row = 0; row < rows.size(); ++row) {
        if (rows.view(row).change() == ChangeKind::Delete)
            removed.insert(SpillIndex::hashOf(contentOf(rows.view(row).before())), row);
    }
    GoneRows gone(table);
    for (qsizetype row = 0; row < rows.size(); ++row) {
        if (rows.view(row).change() != ChangeKind::Insert)
            continue;
        const std::string_view content = contentOf(rows.view(row).after());
        const auto isEqual = [&](qint64 other) { return contentOf(rows.view(other).before()) == content; };
        const qint64 equal = removed.take(SpillIndex::hashOf(content), isEqual);
        if (equal == SpillIndex::none)
            continue;
        gone.insert(row);
        gone.insert(equal);
    }
    gone.dropFrom(table);
}

void pairByKey(PostgresFoundTable& table)
{
    PostgresFoundRows& rows = table.rows;
    const QList<int>& key = table.effects.keyColumns;
    if (!rows.has(ChangeKind::Delete) || !rows.has(ChangeKind::Insert))
        return;
    if (key.isEmpty())
        return cancelEqual(table);
    const auto keyBefore = [&](qsizetype i) { return keyBytes(rows.at(i).change.before, key); };
    SpillIndex removed;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (rows.change(i) == ChangeKind::Delete)
            removed.insert(SpillIndex::hashOf(keyBefore(i)), i);
    }
    GoneRows gone(table);
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (rows.change(i) != ChangeKind::Insert)
            continue;
        PostgresFoundRow row = rows.at(i);
        const QByteArray keyNow = keyBytes(row.change.after, key);
        const auto hasKey = [&](qint64 other) { return keyBefore(other) == keyNow; };
        const qint64 match = removed.take(SpillIndex::hashOf(keyNow), hasKey);
        if (match == SpillIndex::none)
            continue;
        merge(rows.at(match), row);
        rows.replace(i, row);
        gone.insert(match);
        if (row.change.before == row.change.after)
            gone.insert(i);
    }
    gone.dropFrom(table);
}

void pairMoved(PostgresFoundTable& table, const PostgresShape& shape)
{
    PostgresFoundRows& rows = table.rows;
    if (!rows.has(ChangeKind::Delete) || !rows.has(ChangeKind::Insert))
        return;
    const QList<int> staying = stayingColumns(shape);
    const auto identityIn = [&](const PostgresFoundRow& row) {
        return row.change.change == ChangeKind::Delete ? identityOf(row.change.before, row.first, staying)
                                                       : identityOf(row.change.after, row.last, staying);
    };
    SpillIndex removed;
    SpillIndex added;
    qsizetype place = 0;
    rows.forEach([&](const PostgresFoundRow& row) {
        const qsizetype i = place++;
        if (row.change.change == ChangeKind::Update)
            return;
        if (const std::string identity = identityIn(row); !identity.empty())
            (row.change.change == ChangeKind::Delete ? removed : added).insert(SpillIndex::hashOf(identity), i);
    });
    GoneRows gone(table);
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (rows.change(i) != ChangeKind::Delete)
            continue;
        const PostgresFoundRow old = rows.at(i);
        const std::string identity = identityIn(old);
        const quint64 hash = SpillIndex::hashOf(identity);
        const auto isSame = [&](qint64 other) { return identityIn(rows.at(other)) == identity; };
        const qint64 moved = added.findOnly(hash, isSame);
        if (moved == SpillIndex::none || removed.findOnly(hash, isSame) == SpillIndex::none)
            continue;
        PostgresFoundRow row = rows.at(moved);
        if (old.change.partition == row.change.partition)
            continue;
        merge(old, row);
        rows.replace(moved, row);
        gone.insert(i);
    }
    gone.dropFrom(table);
}

} // namespace

void pairRows(PostgresFoundTable& table, const PostgresShape& shape)
{
    pairByKey(table);
    if (table.partitioned)
        pairMoved(table, shape);
}

} // namespace holdpoint
