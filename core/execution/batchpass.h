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
    bool again = false; ///< not the first one: at a later second (ConnectionOptions::laterClock), its worlds not kept
    const KeptWorlds* worlds = nullptr; ///< of the first one: this one begins in them, where the engine can
};

/// What a pass leaves that was rolled back and whose run is Ready.
struct PassRest
{
    Volatility volatility = Volatility::None; ///< whether another one could give other values
    KeptWorlds worlds; ///< if so: the worlds that it saw
};

/// Runs it, and once more from its beginning where the failure may be the session's, or is not all that a preview has
/// to tell. Fills the run's commands, targets, effects, digest, failure, outcome and cause. Never the GUI's thread.
PassRest runPass(const PoolSource& pools, const BatchPass& pass, Run& run);

} // namespace holdpoint
