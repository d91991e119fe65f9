// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/batch.h"
#include "effects/effects.h"
#include "schema/table.h"

#include <QMap>

namespace holdpoint {

/// The batch "Undo of <title>" that restores every row that `effects` changed: each command guarded by the
/// whole after-image, in an order that primary, unique and foreign keys accept. `tables` describes, by target name,
/// every table that the effects name, as it is now: its keys, identity and incomparable columns.
/// Rows are placed after the rows that they refer to. Rows that refer to each other in a circle have no such order:
/// only keys that are deferrable, or not enforced while the undo runs, accept them.
/// SQLite's AUTOINCREMENT counters are put back where nobody has used them since; a sequence of PostgreSQL is not.
/// Error (Usage): what cannot be undone, by name: see undoObstacles(); a table that is gone or has lost a column.
[[nodiscard]] Result<Batch> inverseBatch(const QString& title, const QList<TargetEffects>& effects,
                                         const QList<Target>& targets, const QMap<QString, QList<Table>>& tables);

[[nodiscard]] QString inverseTitle(const QString& title);

} // namespace holdpoint
