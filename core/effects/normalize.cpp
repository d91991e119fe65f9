// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"
#include "effects/roworder.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace holdpoint {

namespace {

// Rows that differ in volatile values only still get one order, so that output is stable.
bool standsBefore(const RowOrder& order, RowView left, RowView right)
{
    if (const auto common = order.compare(left, right); common != 0)
        return common < 0;
    if (!left.hasVolatile() && !right.hasVolatile())
        return left.partition() < right.partition();
    const RowChange one = left.decoded();
    const RowChange other = right.decoded();
    return std::tie(one.before, one.after, one.partition) < std::tie(other.before, other.after, other.partition);
}

void sortVolatile(RowChanges& rows)
{
    for (qsizetype row = 0; row < rows.size(); ++row) {
        if (!rows.view(row).hasVolatile())
            continue;
        const QList<int> columns = rows.view(row).volatileColumns();
        if (!std::ranges::is_sorted(columns))
            rows.edit(row, [](RowChange& change) { std::ranges::sort(change.volatileColumns); });
    }
}

void sortRows(TableEffects& table)
{
    const RowOrder order(table.keyColumns);
    const RowChanges& rows = table.rows;
    struct Place
    {
        quint64 number;
        qsizetype row;
    };
    std::vector<Place> places;
    places.reserve(static_cast<size_t>(rows.size()));
    for (qsizetype row = 0; row < rows.size(); ++row)
        places.push_back({ order.sortNumber(rows.view(row)), row });
    const auto before = [&](const Place& left, const Place& right) {
        return left.number != right.number ? left.number < right.number
                                           : standsBefore(order, rows.view(left.row), rows.view(right.row));
    };
    if (std::is_sorted(places.begin(), places.end(), before))
        return;
    std::stable_sort(places.begin(), places.end(), before);
    std::vector<qsizetype> arranged;
    arranged.reserve(places.size());
    for (const Place& place : places)
        arranged.push_back(place.row);
    table.rows.arrange(arranged);
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
        sortVolatile(table.rows);
        sortRows(table);
    }
}

} // namespace holdpoint
