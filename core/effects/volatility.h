// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// Compares the effects of two runs of one batch and marks, in both, the columns whose new values differ
/// although the row, its old values and the kind of change are the same: clocks, sequences, random.
/// A row whose old values differ was changed by somebody else: that is drift, and is not marked.
/// New rows whose key itself differs are matched by what does not differ. Both are normalized, before and after.
void markVolatile(QList<TargetEffects>& first, QList<TargetEffects>& second);

/// Marks in `now` what is marked in `reference`, row by row, for a later run of the same batch. Marks in both what
/// differs only by a key that SQLite gave and that has moved. A row that differs in anything else stays different:
/// a mark never hides it. True: `reference` has marks that it had not.
[[nodiscard]] bool inheritVolatile(QList<TargetEffects>& reference, QList<TargetEffects>& now);

} // namespace holdpoint
