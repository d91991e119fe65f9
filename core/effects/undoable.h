// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// Why a run with these effects cannot be undone, one text an object; empty: its rows can be put back exactly.
[[nodiscard]] QStringList undoObstacles(const TargetEffects& effects);

/// Says the obstacles as cautions, "not-undoable", in place of those that stand there.
void cautionOfObstacles(TargetEffects& effects);

/// The engine counts for itself: sequences, statistics. They are not part of what a run meant to change.
[[nodiscard]] bool isBookkeeping(const TableEffects& table);

} // namespace holdpoint
