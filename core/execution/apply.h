// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// What an apply must do to be committed: the previewed effects, or at least their digest.
struct Expectation
{
    QString digest;
    QList<TargetEffects> effects; ///< empty: only the digest is known
    bool effectsKnown = false;
};

/// Runs the batch, compares its effects with the expected ones and commits, or rolls everything back.
/// The journal has the intent before the first statement, effects and evidence before the first COMMIT, and
/// the outcome after the last. A lost COMMIT is settled at once if its target answers.
/// An Error: the intent could not be written, nothing was run. Never the GUI's thread.
[[nodiscard]] Result<Run> applyBatch(const PoolSource& pools, Journal& journal, const Batch& batch,
                                     const Expectation& expectation, const RunOptions& options, Run run);

/// A run that ended before anything was applied, as the journal keeps it: rolled back, with the preview's reasons.
[[nodiscard]] Result<Run> recordUnapplied(Journal& journal, const Batch& batch, Run run);

} // namespace holdpoint
