// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/run.h"

class QPalette;

namespace holdpoint {

/// A run told to the operator as HTML: outcome, the failing command, cause, what the rollback said, each target.
/// Every text of the run is escaped.
[[nodiscard]] QString runSummary(const Run& run, const QPalette& palette);

} // namespace holdpoint
