// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"
#include "schema/table.h"

#include <vector>

namespace holdpoint {

/// One row change to take back: places in TargetEffects::tables and TableEffects::rows.
struct UndoStep
{
    int table = 0;
    int row = 0;
    /// Columns that an ON UPDATE CASCADE may already have taken back when the step runs: the row that they
    /// refer to was given its old key in an earlier step.
    QList<int> cascaded;
    friend bool operator==(const UndoStep&, const UndoStep&) = default;
};

/// Every row change of `effects` in an order that primary and foreign keys accept; where they leave it open:
/// inserted rows go first, referring tables before those they refer to; then the updates; then deleted
/// rows come back, referred tables first. `described` has the table of each TableEffects, at the same place.
/// A circle of foreign keys is accepted where the key is deferrable, and on SQLite, which checks an undo's
/// foreign keys at its end; any other is an Error (Usage) that names the tables.
[[nodiscard]] Result<std::vector<UndoStep>> undoOrder(const TargetEffects& effects,
                                                      const QList<const Table*>& described);

} // namespace holdpoint
