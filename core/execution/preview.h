// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// Runs the batch and rolls it back; where values may differ between two runs, runs it a second time to mark
/// the volatile columns. The run is Ready or Failed, and is not yet in any journal. Never the GUI's thread.
[[nodiscard]] Run previewBatch(const PoolSource& pools, const Batch& batch, const RunOptions& options,
                               RunKind kind = RunKind::Preview);

/// A run of this batch that has begun now.
[[nodiscard]] Run newRun(RunKind kind, const Batch& batch);

} // namespace holdpoint
