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

/// One pass of a batch over its targets: the one code path of preview, apply and undo.
struct BatchPass
{
    const Batch& batch;
    const RunOptions& options;
    OnError onError = OnError::Go;
    UnitOfWork::Decision decision = UnitOfWork::Decision::RollBack;
    BeforeCommit beforeCommit; ///< may be empty
    QHash<QString, QList<TableName>> rewritten {}; ///< by target: tables that it rewrites beside those that it names
    bool laterClock = false; ///< see ConnectionOptions
};

/// Runs it and fills the run's commands, targets, effects, digest, failure, outcome and cause. The result of a pass
/// that is rolled back: whether another one could give other values. Never the GUI's thread.
Volatility runPass(const PoolSource& pools, const BatchPass& pass, Run& run);

} // namespace holdpoint
