// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/keycopies.h"

namespace holdpoint {

// What two runs of a batch mostly give: the same rows in the same order, told apart by their keys, so that each row's
// partner is the one in its place and no other can be. They are compared where they are, one after the other, however
// many they are. What the functions do is what the search for partners (volatilematch.h, volatileheirs.h) would.
// Both tables are normalized. False: it is not so, and nothing was done.

/// Marks as volatile in both what differs in a new row.
[[nodiscard]] bool markInStep(TableEffects& first, TableEffects& second, const TableKeyCopies& copies);
/// Marks in `now` what is marked in the preview. Nothing else may differ.
[[nodiscard]] bool inheritInStep(const TableEffects& preview, TableEffects& now, const TableKeyCopies& copies);

/// Adds to both rows' volatile columns those in which the new rows differ, but for copies of a key that SQLite gives:
/// they are left to the apply, whether or not somebody inserted a row between the two runs.
void markDifferences(TableEffects& first, qsizetype firstRow, TableEffects& second, qsizetype secondRow,
                     const TableKeyCopies& copies);

} // namespace holdpoint
