// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "execution/workbench.h"

#include <QHash>
#include <QSet>

namespace holdpoint {

/// What the draft's row commands would do to the rows of one page, so that the grid shows its own edits.
/// The draft stays their only place: undo there and they are gone here. SQL and triggers do not show:
/// that is what a preview is for.
struct PageOverlay
{
    struct Inserted
    {
        int command = 0; ///< index in the batch
        NamedValues values;
        friend bool operator==(const Inserted&, const Inserted&) = default;
    };
    QHash<QPair<int, int>, Value> edited; ///< (row, column) of the page
    QSet<int> deleted; ///< rows of the page
    QList<Inserted> inserted;
    friend bool operator==(const PageOverlay&, const PageOverlay&) = default;
};

/// The columns that name a row in a command: the primary key, else every column that can be compared.
[[nodiscard]] QStringList namingColumns(const Table& table);
/// Those columns' values in this row.
[[nodiscard]] NamedValues namingValues(const Table& table, const Row& row);

[[nodiscard]] PageOverlay overlayOf(const Batch& batch, const QString& target, const Workbench::Page& page);

} // namespace holdpoint
