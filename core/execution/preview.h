// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// Runs the batch and rolls it back; where values may differ between two runs, runs it a second time to mark
/// the volatile columns. The run is Ready or Failed, and is not yet in any journal. Never the GUI's thread.
[[nodiscard]] Run previewBatch(const PoolSource& pools, const Batch& batch, const RunOptions& options,
                               RunKind kind = RunKind::Preview);

/// What is left to do after a first pass that ended Ready: where another one could give other values, runs the batch
/// again in the same world and marks those that differ. If it fails now, `run` becomes that failure.
void previewAgain(const PoolSource& pools, const Batch& batch, const RunOptions& options, PassRest rest, Run& run);

/// A run of this batch that has begun now.
[[nodiscard]] Run newRun(RunKind kind, const Batch& batch);

} // namespace holdpoint
