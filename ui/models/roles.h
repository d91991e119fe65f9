// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace holdpoint {

/// Roles that models answer and that views, proxies and delegates ask; none knows a model's class.
enum ItemRole {
    SortRole = Qt::UserRole + 1, ///< what to sort by where the text would sort wrongly
    ValueRole, ///< Value: the cell's own
    BeforeRole, ///< Value: of a changed cell
    AfterRole, ///< Value: of a changed cell
    CellStateRole, ///< CellState
    ChangeRole, ///< ChangeKind of a row
    OutcomeRole, ///< Outcome
    CommandRole, ///< int: index of a command in the batch; missing if unknown
    CommandStatusRole, ///< CommandStatus
    EnvironmentRole, ///< Environment
    ColumnRole, ///< Column: what an editor needs to know of the cell's column
    IdRole, ///< RunId or the queue entry's number
};

/// How a cell differs from a plain one.
enum class CellState {
    Plain,
    Changed, ///< BeforeRole and AfterRole differ
    Inserted, ///< of a row that comes
    Deleted, ///< of a row that goes
    Volatile, ///< Changed, but by a value that differs at every run
};

} // namespace holdpoint
