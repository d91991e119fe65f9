// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// What an apply must do to be committed: the digest of the preview, and where the previewed effects are. They are
/// asked for only if the digest alone does not tell that the effects are the same: for the volatile values that the
/// digest leaves out, and for what is different.
struct Expectation
{
    QString digest;
    std::function<Result<QList<TargetEffects>>()> effects;
};

/// Runs the batch, compares its effects with the expected ones and commits, or rolls everything back. Without an
/// expectation it previews first: where another pass could tell no more, the preview's own transaction commits what
/// was just seen in it; else it is rolled back, and the batch runs again and must have the same effects.
/// The journal has the intent before the first statement, effects and evidence before the first COMMIT, and
/// the outcome after the last. A lost COMMIT is settled at once if its target answers.
/// An Error: the intent could not be written, nothing was run. Never the GUI's thread.
[[nodiscard]] Result<Run> applyBatch(const PoolSource& pools, Journal& journal, const Batch& batch,
                                     const std::optional<Expectation>& expectation, const RunOptions& options, Run run);

/// A run that ended before anything was applied, as the journal keeps it: rolled back, with the preview's reasons.
[[nodiscard]] Result<Run> recordUnapplied(Journal& journal, const Batch& batch, Run run);

} // namespace holdpoint
