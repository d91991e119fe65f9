// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/comparedpart.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool isFullTextIndex(const TableEffects& table)
{
    static constexpr std::array endings {
        "_data"_L1, "_idx"_L1, "_docsize"_L1, "_segments"_L1, "_segdir"_L1, "_stat"_L1
    };
    return std::ranges::any_of(endings, [&](auto ending) { return table.name.table.endsWith(ending); });
}

// The hook tells a command's own change of sqlite_sequence; what SQLite writes there it does not.
bool isComparedRow(const TableEffects& table, const RowChange& row)
{
    return table.name.table != "sqlite_sequence"_L1 || row.command.has_value();
}

} // namespace

TableEffects comparedPart(const TableEffects& table)
{
    if (!table.internal)
        return table;
    TableEffects part = table;
    part.rows.removeIf([&](const RowChange& row) { return isFullTextIndex(table) || !isComparedRow(table, row); });
    const auto count = [&](ChangeKind kind) { return std::ranges::count(part.rows, kind, &RowChange::change); };
    part.inserted = count(ChangeKind::Insert);
    part.updated = count(ChangeKind::Update);
    part.deleted = count(ChangeKind::Delete);
    return part;
}

bool isCompared(const TableEffects& table)
{
    if (!table.internal || !table.complete)
        return true;
    return !isFullTextIndex(table)
        && std::ranges::any_of(table.rows, [&](const RowChange& row) { return isComparedRow(table, row); });
}

} // namespace holdpoint
