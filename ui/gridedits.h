// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/value.h"
#include "schema/table.h"
#include "target/target.h"

namespace holdpoint {

class Draft;

/// One row of a table as the grid shows it: with the draft's edits on it.
struct GridRow
{
    Target target;
    Table table;
    Row row;
    std::optional<int> insertedBy; ///< the draft's command that inserts it, if it is not in the database
};

/// The grid's edits as commands of the draft: a changed cell is an UpdateRow that expects the value that
/// was shown, so that another one in the database fails it. Edits of one row that follow each other are one command;
/// a cell set back to what it was leaves none.
[[nodiscard]] Result<void> editCell(Draft& draft, const GridRow& row, int column, const Value& value);
/// A row of defaults, to be filled by editCell().
[[nodiscard]] Result<void> insertRow(Draft& draft, const Target& target, const Table& table);
/// Expects every value that was shown; bytes are left out, for their size. A new row just leaves the draft.
[[nodiscard]] Result<void> deleteRow(Draft& draft, const GridRow& row);

} // namespace holdpoint
