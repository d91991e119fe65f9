// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "schema/table.h"

#include <vector>

namespace holdpoint {

/// The columns (places in the effects) of the primary key and of each unique key that is told by value.
[[nodiscard]] QList<QList<int>> keysByValue(const TableEffects& table, const Table& described);

/// Of the other unique keys: all columns that they may depend on.
[[nodiscard]] QList<QList<int>> keysNotByValue(const TableEffects& table, const Table& described);
/// An update of one of these columns.
[[nodiscard]] bool changesKey(const RowChange& row, const QList<int>& columns);

/// The updated rows (their places) that an undo must take out of the table first and put back at its end, because no
/// order of updates gives all rows their keys back: rows that exchanged keys, one of each circle; rows whose unique key
/// is not told by its value, if there are several; and rows whose identity no UPDATE may write.
[[nodiscard]] std::vector<int> rowsSetAside(const TableEffects& table, const Table& described);

} // namespace holdpoint
