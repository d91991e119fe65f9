// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/rowrange.h"

namespace holdpoint {

/// A row of one run, and one of another.
struct RowPair
{
    qsizetype first = 0;
    qsizetype second = 0;
};

/// Pairs rows of one table in two runs that are the same row, although values in them differ: the same kind of
/// change, the same old row, first among rows of the same command and origin. New rows are told apart by the
/// columns in which both runs hold the same values, by the key if it is one of these; where that leaves a choice, in
/// order; the rest goes to the row that differs least. No row is in two pairs. The places under the ranges are spent.
[[nodiscard]] SpillVector<RowPair> pairRows(RowRange first, RowRange second, const QList<int>& keyColumns);

/// The rows that two runs do not have in common; both normalized. Volatile values count as equal.
void withoutEqualRows(const TableEffects& first, const TableEffects& second, RowPlaces& onlyFirst,
                      RowPlaces& onlySecond);

} // namespace holdpoint
