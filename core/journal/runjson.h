// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "journal/run.h"

namespace holdpoint {

/// The contract's JSON. A run that ended ready or failed is a preview: "holdpoint-preview/1" with its commands and
/// effects. Every other, and every line of `log --json`, is "holdpoint-run/1".
/// Beside the contract's keys, a run has "undo_of" and "batch_reason" where it has them, and its targets "engine" and
/// "uri"; errors have "kind", "schema", "table", "column", "statement" and "native_code" where they are known.
struct RunJsonOptions
{
    bool commandsAndEffects = true; ///< false: one line of `log --json`
    qint64 maxRows = -1; ///< rows a table; -1: all
    bool indented = true; ///< false: all on one line
};
/// Without a newline at its end.
[[nodiscard]] QByteArray runToJson(const Run& run, const RunJsonOptions& options = {});

} // namespace holdpoint
