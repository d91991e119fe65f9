// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "schema/table.h"

namespace holdpoint {

/// A foreign key of one table that refers to a table that changed too; columns are places in the effects.
struct UndoReference
{
    int child = 0;
    int parent = 0;
    QList<int> columns;
    QList<int> referenced;
    bool deferrable = false;
    bool cascades = false; ///< ON UPDATE CASCADE
};

/// `described` has the table of each TableEffects, at the same place.
[[nodiscard]] QList<UndoReference> undoReferences(const TargetEffects& effects, const QList<const Table*>& described);

} // namespace holdpoint
