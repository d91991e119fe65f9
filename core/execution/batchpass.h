// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "execution/workbench.h"
#include "journal/run.h"
#include "transaction/commandrun.h"
#include "transaction/transactionlayer.h"

namespace holdpoint {

/// What is done with a run's effects while its transactions are still open: an Error rolls all back.
/// It may ask the context for the targets' transactions.
using BeforeCommit = std::function<Result<void>(RequestContext& context, Run& run)>;

/// How a pass ends that went well.
enum class PassEnd {
    RollBack, ///< a preview
    Commit, ///< an apply; `beforeCommit` compares its effects with those of the preview
    /// Preview and apply at once: commits what was just seen. It rolls back where a preview has more to tell: a command
    /// failed, rows could not be seen, another pass could give other values.
    CommitIfCertain,
};

/// One pass of a batch over its targets: the one code path of preview, apply and undo.
struct BatchPass
{
    const Batch& batch;
    const RunOptions& options;
    OnError onError = OnError::Go;
    PassEnd end = PassEnd::RollBack;
    BeforeCommit beforeCommit; ///< not called for what is rolled back anyway; may be empty
    QHash<QString, QList<TableName>> rewritten {}; ///< by target: tables that it rewrites beside those that it names
    bool laterClock = false; ///< see ConnectionOptions
    bool otherSession = false; ///< likewise
};

/// Runs it, and once more from its beginning where the failure may be the session's, or is not all that a preview has
/// to tell. Fills the run's commands, targets, effects, digest, failure, outcome and cause. The result of a pass that
/// is rolled back: whether another one could give other values. Never the GUI's thread.
Volatility runPass(const PoolSource& pools, const BatchPass& pass, Run& run);

} // namespace holdpoint
