// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestouched.h"

namespace holdpoint {

/// References that led nowhere until these effects brought the row: an undo takes it away again. A row that a trigger
/// kept from what a foreign key's action would do to it refers so, too, when an undo brings its parent back. They are
/// looked for where that reads no large table, by an index of the referring one or if it is small, and in tables that
/// this user may read.
[[nodiscard]] Result<QList<Caution>> ledNowhere(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                                const TargetEffects& effects);

} // namespace holdpoint
