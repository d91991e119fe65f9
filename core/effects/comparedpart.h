// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

// What digest and drift compare. Some of what the engine keeps for itself moves with every other session's
// changes and follows from rows that are compared: it is shown, and left out.

/// Left out are what SQLite wrote into sqlite_sequence by itself, and the index of a full-text table.
[[nodiscard]] TableEffects comparedPart(const TableEffects& table);

/// Whether anything of it is left to compare.
[[nodiscard]] bool isCompared(const TableEffects& table);

} // namespace holdpoint
