// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// A shadow table of SQLite's full-text or spatial index that holds the index alone: it follows from rows that other
/// tables tell, and its content depends on rows that the batch never touched. It is shown, and not compared.
[[nodiscard]] bool isIndexOnly(const TableEffects& table);

/// A shadow table of a virtual table whose own rows the effects tell: an undo changes those.
[[nodiscard]] bool isToldByVirtualTable(const TargetEffects& effects, const TableEffects& table);

} // namespace holdpoint
