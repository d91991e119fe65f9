// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/drift.h"

namespace holdpoint {

/// The rows of one table that differ; both normalized, with the same columns and key. What is volatile on
/// either side is left out of rows that are matched by key; a volatile key must be marked on both.
void compareRows(const QString& target, const TableEffects& preview, const TableEffects& now, QList<DriftRow>& found);

} // namespace holdpoint
