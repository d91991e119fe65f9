// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"
#include "effects/roworder.h"
#include "effects/rowrange.h"

#include <algorithm>
#include <tuple>

namespace holdpoint {

namespace {

/// Rows that differ in volatile values only still get one order, so that output is stable.
class StableOrder
{
public:
    explicit StableOrder(const QList<int>& keyColumns)
        : m_order(keyColumns)
    {
    }
    [[nodiscard]] quint64 number(RowView row) const { return m_order.sortNumber(row); }
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const
    {
        if (const auto common = m_order.compare(left, right); common != 0)
            return common;
        if (left.hasVolatile() || right.hasVolatile()) {
            if (const auto order = RowOrder::compareAfter(left, right); order != 0)
                return order;
        }
        return left.partition().compare(right.partition()) <=> 0;
    }

private:
    RowOrder m_order;
};

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
    RowPlaces places = RowPlaces::ofAll(table.rows);
    if (RowRange(table.rows, places).sort(StableOrder(table.keyColumns)) || table.rows.isScattered())
        table.rows.arrange(places, &RowPlace::row);
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
