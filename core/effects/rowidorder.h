// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <utility>
#include <vector>

namespace holdpoint {

/// Pairs of rows (their places): an undo takes the first one away from the rowid that it gives back to the second one.
[[nodiscard]] std::vector<std::pair<int, int>> rowidsPassedOn(const TableEffects& table);
/// Whether some updated row stands at another rowid than before.
[[nodiscard]] bool hasMovedRows(const TableEffects& table);

} // namespace holdpoint
