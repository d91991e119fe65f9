// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "session/sqliteconnection.h"

namespace holdpoint {

/// The cautions about references to rows that are not there: those that the run took away, which its undo brings back,
/// and those that it leaves while foreign keys are off, as an undo does.
[[nodiscard]] Result<QList<Caution>> danglingCautions(SqliteConnection& connection, const TargetEffects& effects);

} // namespace holdpoint
