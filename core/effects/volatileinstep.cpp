// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatileinstep.h"

#include "effects/roworder.h"

#include <algorithm>

namespace holdpoint {

namespace {

/// No key of it is NULL, or one that another run may have drawn otherwise.
bool hasCertainKey(RowView row, const QList<int>& key)
{
    const PackedRow named = row.change() == ChangeKind::Insert ? row.after() : row.before();
    const QList<int> hidden = row.hasVolatile() ? row.volatileColumns() : QList<int>();
    return !row.hasAssignedKey() && std::ranges::all_of(key, [&](int column) {
        return packed::markOf(named.at(column)) != packed::Mark::Null && !hidden.contains(column);
    });
}

bool isSameRow(RowView left, RowView right, const QList<int>& key)
{
    if (left.change() != right.change() || !hasCertainKey(left, key) || !hasCertainKey(right, key))
        return false;
    if (left.change() != ChangeKind::Insert)
        return RowOrder::compareBefore(left, right) == 0 && left.after().count == right.after().count;
    return left.command() == right.command() && left.origin() == right.origin()
        && left.after().count == right.after().count && RowOrder(key).compareKeys(left, right) == 0;
}

template <typename IsSame> bool areInStep(const TableEffects& first, const TableEffects& second, IsSame isSame)
{
    if (first.keyColumns.isEmpty() || first.rows.size() != second.rows.size())
        return false;
    return std::ranges::equal(first.rows.views(), second.rows.views(), [&](RowView left, RowView right) {
        return isSameRow(left, right, first.keyColumns) && (left.hasEffectOf(right) || isSame(left, right));
    });
}

/// Also in what is not volatile in the first.
bool isSameButForVolatile(RowView preview, RowView now)
{
    const RowChange then = preview.decoded();
    const RowChange today = now.decoded();
    for (int column = 0; column < then.after.size(); ++column) {
        if (then.after.at(column) != today.after.at(column) && !then.volatileColumns.contains(column))
            return false;
    }
    return true;
}

} // namespace

void markDifferences(TableEffects& first, qsizetype firstRow, TableEffects& second, qsizetype secondRow,
                     const TableKeyCopies& copies)
{
    RowChange one = first.rows.at(firstRow);
    RowChange other = second.rows.at(secondRow);
    const QList<int> oneBefore = one.volatileColumns;
    const QList<int> otherBefore = other.volatileColumns;
    for (int column = 0; column < one.after.size(); ++column) {
        const Value& left = one.after.at(column);
        const Value& right = other.after.at(column);
        if (left == right || copies.isCopy(column, left, right))
            continue;
        for (RowChange* row : { &one, &other }) {
            if (!row->volatileColumns.contains(column))
                row->volatileColumns.append(column);
        }
    }
    if (one.volatileColumns != oneBefore)
        first.rows.replace(firstRow, one);
    if (other.volatileColumns != otherBefore)
        second.rows.replace(secondRow, other);
}

bool markInStep(TableEffects& first, TableEffects& second, const TableKeyCopies& copies)
{
    if (!areInStep(first, second, [](RowView, RowView) { return true; }))
        return false;
    for (qsizetype row = 0; row < first.rows.size(); ++row) {
        if (!first.rows.view(row).hasEffectOf(second.rows.view(row)))
            markDifferences(first, row, second, row, copies);
    }
    return true;
}

bool inheritInStep(const TableEffects& preview, TableEffects& now, const TableKeyCopies& copies)
{
    if (!copies.isEmpty() || !areInStep(preview, now, isSameButForVolatile))
        return false;
    for (qsizetype row = 0; row < preview.rows.size(); ++row) {
        const RowView then = preview.rows.view(row);
        const RowView today = now.rows.view(row);
        if (!then.hasVolatile() && !today.hasVolatile())
            continue;
        if (const QList<int> columns = then.volatileColumns(); columns != today.volatileColumns())
            now.rows.edit(row, [&](RowChange& change) { change.volatileColumns = columns; });
    }
    return true;
}

} // namespace holdpoint
