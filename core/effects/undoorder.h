// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "schema/table.h"

#include <vector>

namespace holdpoint {

/// One row change to take back: places in TargetEffects::tables and TableEffects::rows.
struct UndoStep
{
    /// A row that is set aside is removed in one step and put back as it was in another.
    enum class Part { Whole, Removal, Return };
    int table = 0;
    int row = 0;
    Part part = Part::Whole;
    /// Columns that an ON UPDATE CASCADE may already have taken back when the step runs: the row that they
    /// refer to was given its old key in an earlier step.
    QList<int> cascaded;
    friend bool operator==(const UndoStep&, const UndoStep&) = default;
};

struct UndoOrder
{
    std::vector<UndoStep> steps;
    /// Some row is put back before a row that it refers to, or the other way round: only deferred keys, or ones that
    /// are not enforced, accept it.
    bool hasCircle = false;
};

/// Every row change of `effects` in an order that primary, unique and foreign keys accept; where they leave it open:
/// inserted rows go first, referring tables before those they refer to; then the updates; then deleted
/// rows come back, referred tables first. Rows that exchanged unique values are set aside (see setaside.h).
/// `described` has the table of each TableEffects, at the same place, with its unique keys.
[[nodiscard]] UndoOrder undoOrder(const TargetEffects& effects, const QList<const Table*>& described);

} // namespace holdpoint
