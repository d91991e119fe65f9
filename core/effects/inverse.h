// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/batch.h"
#include "effects/effects.h"
#include "schema/table.h"

#include <QMap>

namespace holdpoint {

/// The batch "Undo of <title>" that restores every row that `effects` changed: each command guarded by the
/// whole after-image, in an order that primary and foreign keys accept. `tables` describes, by target name,
/// every table that the effects name, as it is now: its foreign keys, identity and incomparable columns.
/// Rows are placed after the rows that they refer to; rows that refer to each other in a circle have no order,
/// unless a deferrable key lets them.
/// Error (Usage): what cannot be undone, by name: incomplete effects, schema changes, a table that is gone or
/// has lost a column, tables that the engine keeps for itself, rows in a circle.
[[nodiscard]] Result<Batch> inverseBatch(const QString& title, const QList<TargetEffects>& effects,
                                         const QList<Target>& targets, const QMap<QString, QList<Table>>& tables);

} // namespace holdpoint
