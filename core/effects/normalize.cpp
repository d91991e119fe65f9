// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"
#include "effects/roworder.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace holdpoint {

namespace {

// Rows that differ in volatile values only still get one order, so that output is stable.
bool standsBefore(const RowOrder& order, const RowChange& left, const RowChange& right)
{
    if (const auto common = order.compare(left, right); common != 0)
        return common < 0;
    if (left.volatileColumns.isEmpty() && right.volatileColumns.isEmpty())
        return left.partition < right.partition;
    return std::tie(left.before, left.after, left.partition) < std::tie(right.before, right.after, right.partition);
}

void sortRows(TableEffects& table)
{
    const RowOrder order(table.keyColumns);
    const QList<RowChange>& rows = std::as_const(table.rows);
    const auto before = [&](const RowChange& left, const RowChange& right) { return standsBefore(order, left, right); };
    if (std::is_sorted(rows.begin(), rows.end(), before))
        return;
    // A row is large to swap, its index is not.
    std::vector<qsizetype> places(static_cast<size_t>(rows.size()));
    std::iota(places.begin(), places.end(), qsizetype(0));
    std::stable_sort(places.begin(), places.end(),
                     [&](qsizetype left, qsizetype right) { return before(rows.at(left), rows.at(right)); });
    QList<RowChange> sorted;
    sorted.reserve(rows.size());
    RowChange* const unsorted = table.rows.data();
    for (const qsizetype place : places)
        sorted.append(std::move(unsorted[place]));
    table.rows = std::move(sorted);
}

} // namespace

void normalize(TargetEffects& effects)
{
    std::ranges::sort(effects.tables, [](const TableEffects& left, const TableEffects& right) {
        return std::tie(left.name.schema, left.name.table) < std::tie(right.name.schema, right.name.table);
    });
    std::ranges::stable_sort(effects.schemaChanges, [](const SchemaChange& left, const SchemaChange& right) {
        return std::tie(left.object, left.kind, left.before, left.after)
            < std::tie(right.object, right.kind, right.before, right.after);
    });
    for (TableEffects& table : effects.tables) {
        for (RowChange& row : table.rows)
            std::ranges::sort(row.volatileColumns);
        sortRows(table);
    }
}

} // namespace holdpoint
