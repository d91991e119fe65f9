// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// Of NULLs that SQLite would not take back.
inline constexpr QLatin1StringView forbiddenNulls("forbidden-null");

/// Of text and names that are not Unicode, on SQLite.
inline constexpr QLatin1StringView notUnicode("not-unicode");

/// Why a run with these effects cannot be undone, one text an object; empty: its rows can be put back exactly.
[[nodiscard]] QStringList undoObstacles(const TargetEffects& effects);

/// Says the obstacles as cautions, "not-undoable", in place of those that stand there.
void cautionOfObstacles(TargetEffects& effects);

/// Whether an undo is about this table's rows: not about what the engine counts for itself (sequences, statistics), nor
/// about the shadow tables of a virtual table that has its own rows here.
[[nodiscard]] bool isPutBack(const TargetEffects& effects, const TableEffects& table);

/// What an undo is about: the tables that are put back, and of their rows those that are.
[[nodiscard]] TargetEffects putBackPart(const TargetEffects& effects);

/// Of a temporary object: it is gone with its session, so there is nothing to take back.
[[nodiscard]] bool isTemporary(const SchemaChange& change);

} // namespace holdpoint
