// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresfoundrows.h"

#include <algorithm>

namespace holdpoint {

bool PostgresFoundRows::has(ChangeKind change) const
{
    return std::ranges::any_of(m_changes.views(), [change](RowView row) { return row.change() == change; });
}

void PostgresFoundRows::append(const PostgresFoundRow& row)
{
    m_changes.append(row.change);
    m_touches.push_back({ row.first, row.last });
}

void PostgresFoundRows::append(const PostgresFoundRows& rows, const QString& partition)
{
    rows.forEach([&](PostgresFoundRow&& row) {
        row.change.partition = partition;
        append(row);
    });
}

void PostgresFoundRows::replace(qsizetype row, const PostgresFoundRow& found)
{
    m_changes.replace(row, found.change);
    m_touches[static_cast<size_t>(row)] = { found.first, found.last };
}

void PostgresFoundRows::arrange(const SpillVector<qsizetype>& order)
{
    SpillVector<Touches> arranged;
    for (const qsizetype row : order)
        arranged.push_back(touches(row));
    m_touches = std::move(arranged);
    m_changes.arrange(order);
}

void countRows(PostgresFoundTable& table)
{
    const RowCounts counts = countsOf(table.rows.changes());
    table.effects.inserted += counts.inserted;
    table.effects.updated += counts.updated;
    table.effects.deleted += counts.deleted;
}

} // namespace holdpoint
