// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// Compares the effects of two runs of one batch and marks, in both, the columns whose new values differ
/// although the row, its old values and the kind of change are the same: clocks, sequences, random.
/// A row whose old values differ was changed by somebody else: that is drift, and is not marked.
/// New rows whose key itself differs are matched in order, if there are as many on both sides.
/// Both are normalized, before and after.
void markVolatile(QList<TargetEffects>& first, QList<TargetEffects>& second);

/// Marks in `now` what is marked in `reference`, row by row, for a later run of the same batch.
void inheritVolatile(const QList<TargetEffects>& reference, QList<TargetEffects>& now);

} // namespace holdpoint
