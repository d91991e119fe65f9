// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/rowidorder.h"

#include <QHash>

#include <algorithm>

namespace holdpoint {

bool hasMovedRows(const TableEffects& table)
{
    return std::ranges::any_of(table.rows.views(), [](RowView row) { return row.formerRowid().has_value(); });
}

std::vector<std::pair<int, int>> rowidsPassedOn(const TableEffects& table)
{
    QHash<qint64, int> leaving; // by rowid
    int place = 0;
    for (const RowView row : table.rows.views()) {
        const bool leaves = row.change() == ChangeKind::Insert || row.formerRowid();
        if (const auto rowid = row.rowid(); leaves && rowid)
            leaving.insert(*rowid, place);
        ++place;
    }
    std::vector<std::pair<int, int>> pairs;
    place = 0;
    for (const RowView row : table.rows.views()) {
        const auto rowid = row.change() == ChangeKind::Delete ? row.rowid() : row.formerRowid();
        if (const int first = rowid ? leaving.value(*rowid, -1) : -1; first >= 0 && first != place)
            pairs.emplace_back(first, place);
        ++place;
    }
    return pairs;
}

} // namespace holdpoint
