// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestouched.h"

namespace holdpoint {

/// What referred to rows that were not there before the run, of the values that its effects took away: an undo of the
/// run brings it back. Nothing is told of a table that this user may not read, nor where the batch keeps everybody from
/// reading the old rows.
[[nodiscard]] Result<QList<Caution>> dangledBefore(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                                   const TargetEffects& effects);

} // namespace holdpoint
