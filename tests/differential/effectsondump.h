// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/sqlitedump.h"
#include "effects/effects.h"

namespace holdpoint {

/// Holds effects against what the oracle saw before and after: every change is a difference, every difference a
/// change, the counts are right, nothing is twice. What is wrong, in some lines; empty if nothing is.
[[nodiscard]] QString effectsProblems(const TargetEffects& effects, const SqliteDump& before, const SqliteDump& after);

} // namespace holdpoint
