// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <vector>

namespace holdpoint {

using RowPointers = std::vector<RowChange*>;
struct RowPair
{
    RowChange* first = nullptr;
    RowChange* second = nullptr;
};

/// Pairs rows of one table in two runs that are the same row, although values in them differ: the same kind of
/// change, the same old row, first among rows of the same command and origin. New rows are told apart by the
/// columns in which both runs hold the same values, by the key if it is one of these; where that leaves a choice, in
/// order; the rest goes to the row that differs least.
/// What is paired is taken out of both lists.
[[nodiscard]] std::vector<RowPair> pairRows(RowPointers& first, RowPointers& second, const QList<int>& keyColumns);

/// The rows that two runs do not have in common; both normalized. Volatile values count as equal.
void withoutEqualRows(TableEffects& first, TableEffects& second, RowPointers& onlyFirst, RowPointers& onlySecond);

} // namespace holdpoint
