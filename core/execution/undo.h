// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

struct UndoBatch
{
    Batch batch;
    std::optional<Failure> failure; ///< the target that could not be asked for its schema; the batch is empty then
};

/// The inverse of a committed run as a batch; reads the schema of its targets. Error: no such run, one that did not
/// commit, or what of it cannot be undone. Never the GUI's thread.
[[nodiscard]] Result<UndoBatch> undoBatch(const PoolSource& pools, Journal& journal, const RunId& run,
                                          const ConnectionOptions& options);

/// The undo of a run that failed before its first statement.
[[nodiscard]] Run untouchedUndo(const UndoBatch& undo);

} // namespace holdpoint
