// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "session/sqliteconnection.h"

namespace holdpoint {

/// What referred to rows that were not there before the run, of the values that its effects took away: an undo of the
/// run brings it back. The texts of cautions.
[[nodiscard]] Result<QStringList> dangledBefore(SqliteConnection& connection, const TargetEffects& effects);

} // namespace holdpoint
