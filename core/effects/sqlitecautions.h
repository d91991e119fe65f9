// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// What the effects on a SQLite file do not keep their word for: temporary tables, which are gone with the run, and the
/// planner's statistics, which an undo leaves as they are.
[[nodiscard]] QList<Caution> sqliteCautions(const TargetEffects& effects);

} // namespace holdpoint
