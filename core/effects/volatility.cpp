// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatility.h"

#include <algorithm>
#include <functional>
#include <span>

namespace holdpoint {

namespace {

using RowPair = std::pair<RowChange*, RowChange*>;
using RowPointers = QList<RowChange*>;

Row identity(const TableEffects& table, const RowChange& row)
{
    const Row& image = row.before.isEmpty() ? row.after : row.before;
    if (table.keyColumns.isEmpty())
        return image + row.after;
    Row key;
    for (const int column : table.keyColumns)
        key.append(image.at(column));
    return key;
}

struct Identified
{
    ChangeKind change;
    Row identity;
    RowChange* row;
};

QList<Identified> identified(TableEffects& table)
{
    QList<Identified> rows;
    rows.reserve(table.rows.size());
    for (RowChange& row : table.rows)
        rows.append({ row.change, identity(table, row), &row });
    std::ranges::stable_sort(rows, [](const Identified& left, const Identified& right) {
        return std::tie(left.change, left.identity) < std::tie(right.change, right.identity);
    });
    return rows;
}

RowPointers ofKind(const RowPointers& rows, ChangeKind change)
{
    RowPointers result;
    std::ranges::copy_if(rows, std::back_inserter(result), [&](const RowChange* row) { return row->change == change; });
    return result;
}

// The same rows of two runs: by identity; those left over, kind by kind, in their order.
QList<RowPair> paired(TableEffects& first, TableEffects& second)
{
    QList<RowPair> pairs;
    RowPointers onlyFirst;
    RowPointers onlySecond;
    const QList<Identified> left = identified(first);
    const QList<Identified> right = identified(second);
    auto l = left.begin();
    auto r = right.begin();
    while (l != left.end() || r != right.end()) {
        const bool leftFirst = r == right.end()
            || (l != left.end() && std::tie(l->change, l->identity) < std::tie(r->change, r->identity));
        const bool rightFirst
            = !leftFirst && (l == left.end() || std::tie(r->change, r->identity) < std::tie(l->change, l->identity));
        if (leftFirst)
            onlyFirst.append((l++)->row);
        else if (rightFirst)
            onlySecond.append((r++)->row);
        else
            pairs.append(RowPair((l++)->row, (r++)->row));
    }
    for (const ChangeKind change : { ChangeKind::Insert, ChangeKind::Update }) {
        const RowPointers lefts = ofKind(onlyFirst, change);
        const RowPointers rights = ofKind(onlySecond, change);
        for (qsizetype i = 0; lefts.size() == rights.size() && i < lefts.size(); ++i)
            pairs.append(RowPair(lefts.at(i), rights.at(i)));
    }
    return pairs;
}

void markDifferences(RowChange& first, RowChange& second)
{
    if (first.before != second.before || first.after.size() != second.after.size())
        return;
    for (int column = 0; column < first.after.size(); ++column) {
        if (first.after.at(column) != second.after.at(column)) {
            first.volatileColumns.append(column);
            second.volatileColumns.append(column);
        }
    }
}

void copyMarks(const RowChange& reference, RowChange& now)
{
    if (reference.before != now.before || reference.after.size() != now.after.size())
        return;
    for (int column = 0; column < now.after.size(); ++column) {
        if (!reference.volatileColumns.contains(column) && reference.after.at(column) != now.after.at(column))
            return; // differs where it should not: left for drift to tell
    }
    now.volatileColumns = reference.volatileColumns;
}

void forEachPair(QList<TargetEffects>& first, QList<TargetEffects>& second,
                 const std::function<void(RowChange&, RowChange&)>& visit)
{
    for (TargetEffects& target : first) {
        const auto other = std::ranges::find(second, target.target, &TargetEffects::target);
        if (other == second.end())
            continue;
        for (TableEffects& table : target.tables) {
            const auto same = std::ranges::find_if(other->tables, [&](const TableEffects& each) {
                return each.name == table.name && each.columns == table.columns;
            });
            if (same == other->tables.end())
                continue;
            for (const auto& [left, right] : paired(table, *same))
                visit(*left, *right);
        }
    }
}

void normalizeAll(QList<TargetEffects>& effects)
{
    for (TargetEffects& target : effects)
        normalize(target);
}

} // namespace

void markVolatile(QList<TargetEffects>& first, QList<TargetEffects>& second)
{
    forEachPair(first, second, markDifferences);
    normalizeAll(first);
    normalizeAll(second);
}

void inheritVolatile(const QList<TargetEffects>& reference, QList<TargetEffects>& now)
{
    QList<TargetEffects> marked = reference;
    forEachPair(marked, now, copyMarks);
    normalizeAll(now);
}

} // namespace holdpoint
