// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// Whether digest and drift look at a table. They do not at what SQLite keeps for itself and what rows of others move
/// too: the index of a full-text or spatial table, whose rows other tables tell; planner statistics; AUTOINCREMENT
/// counters that no command wrote itself. Those are shown, not compared.
[[nodiscard]] bool isCompared(const TableEffects& table);

/// What is compared of an internal table: of one that the engine writes itself, the rows that commands named.
[[nodiscard]] TableEffects comparedPart(const TableEffects& table);

/// A shadow table of a virtual table whose own rows the effects tell: an undo changes those. Not so its settings.
[[nodiscard]] bool isToldByVirtualTable(const TargetEffects& effects, const TableEffects& table);

/// The settings of such a table (FTS5), which no row of it tells.
[[nodiscard]] bool holdsSettings(const TargetEffects& effects, const TableEffects& table);

} // namespace holdpoint
