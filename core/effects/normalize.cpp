// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"
#include "effects/roworder.h"

#include <algorithm>
#include <tuple>
#include <vector>

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

quint64 highBits(const Value& value)
{
    constexpr quint64 sign = quint64(1) << 63;
    switch (value.kind()) {
    case Value::Kind::Null: return 0;
    case Value::Kind::Boolean: return value.toBoolean();
    case Value::Kind::Integer: return static_cast<quint64>(value.toInteger()) ^ sign;
    case Value::Kind::Text: {
        const QString& text = value.toText();
        quint64 bits = 0;
        for (qsizetype i = 0; i < 4; ++i)
            bits = bits << 16 | (i < text.size() ? text.at(i).unicode() : 0U);
        return bits;
    }
    case Value::Kind::Real:
    case Value::Kind::Blob:
    case Value::Kind::RawText: return 0;
    }
    Q_UNREACHABLE();
}

/// A number that is never greater for a row that stands before another: it spares most comparisons of rows, which
/// lie scattered in memory.
quint64 sortNumber(const TableEffects& table, const RowChange& row)
{
    const bool byKey = !table.keyColumns.isEmpty();
    const Row& image = byKey ? RowOrder::keyRow(row) : row.before.isEmpty() ? row.after : row.before;
    const int column = byKey ? table.keyColumns.first() : 0;
    if (column >= image.size())
        return 0;
    constexpr int kindBits = 3;
    constexpr quint64 volatileKind = 7;
    const bool hidden = row.change == ChangeKind::Insert && row.volatileColumns.contains(column);
    const quint64 kind = hidden ? volatileKind : static_cast<quint64>(image.at(column).kind());
    const quint64 rest = hidden ? 0 : highBits(image.at(column)) >> (kindBits + 1);
    const quint64 afterInserts = !byKey && !row.before.isEmpty();
    return afterInserts << 63 | kind << (63 - kindBits) | rest;
}

void sortRows(TableEffects& table)
{
    const RowOrder order(table.keyColumns);
    const QList<RowChange>& rows = std::as_const(table.rows);
    struct Place
    {
        quint64 number;
        qsizetype row;
    };
    std::vector<Place> places;
    places.reserve(static_cast<size_t>(rows.size()));
    for (qsizetype row = 0; row < rows.size(); ++row)
        places.push_back({ sortNumber(table, rows.at(row)), row });
    const auto before = [&](const Place& left, const Place& right) {
        return left.number != right.number ? left.number < right.number
                                           : standsBefore(order, rows.at(left.row), rows.at(right.row));
    };
    if (std::is_sorted(places.begin(), places.end(), before))
        return;
    std::stable_sort(places.begin(), places.end(), before);
    QList<RowChange> sorted;
    sorted.reserve(rows.size());
    RowChange* const unsorted = table.rows.data();
    for (const Place& place : places)
        sorted.append(std::move(unsorted[place.row]));
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
