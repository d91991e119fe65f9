// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/comparedtables.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Of FTS5, FTS3 and FTS4, R-Tree and Geopoly. What is not among them, as _content and _docsize, is row by row.
constexpr std::array indexParts { "_data"_L1, "_idx"_L1,  "_segments"_L1, "_segdir"_L1,
                                  "_stat"_L1, "_node"_L1, "_parent"_L1,   "_rowid"_L1 };

bool isEnginesOwn(const TableEffects& table)
{
    return table.internal && table.name.table.startsWith("sqlite_"_L1, Qt::CaseInsensitive);
}

bool isShadow(const TableEffects& table)
{
    return table.internal && !isEnginesOwn(table);
}

bool isNamed(RowView row)
{
    return row.origin() == Origin::Direct;
}

bool isIndexPart(const TableEffects& table)
{
    return std::ranges::any_of(
        indexParts, [&](QLatin1StringView part) { return table.name.table.endsWith(part, Qt::CaseInsensitive); });
}

bool isConfiguration(const TableEffects& table)
{
    return table.name.table.endsWith("_config"_L1, Qt::CaseInsensitive);
}

bool isOfToldTable(const TargetEffects& effects, const TableEffects& table)
{
    const TableName owner { table.name.schema, table.name.table.left(table.name.table.lastIndexOf(u'_')) };
    return isShadow(table) && std::ranges::any_of(effects.tables, [&](const TableEffects& other) {
               return !other.internal && other.name == owner;
           });
}

} // namespace

bool isCompared(const TableEffects& table)
{
    if (isEnginesOwn(table))
        return std::ranges::any_of(table.rows.views(), isNamed);
    return !isShadow(table) || !isIndexPart(table);
}

TableEffects comparedPart(const TableEffects& table)
{
    TableEffects part = table;
    if (!isEnginesOwn(table))
        return part;
    part.rows = {};
    for (const RowView row : table.rows.views()) {
        if (isNamed(row))
            part.rows.appendRecord(row.record());
    }
    const auto count
        = [&part](ChangeKind change) { return std::ranges::count(part.rows.views(), change, &RowView::change); };
    part.inserted = count(ChangeKind::Insert);
    part.updated = count(ChangeKind::Update);
    part.deleted = count(ChangeKind::Delete);
    return part;
}

bool isToldByVirtualTable(const TargetEffects& effects, const TableEffects& table)
{
    return !isConfiguration(table) && isOfToldTable(effects, table);
}

bool holdsSettings(const TargetEffects& effects, const TableEffects& table)
{
    return isConfiguration(table) && isOfToldTable(effects, table);
}

} // namespace holdpoint
