// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "journal/run.h"
#include "transaction/commandrun.h"
#include "transaction/unitofwork.h"

namespace holdpoint {

// What a pass did, told as a Run.

[[nodiscard]] QList<TargetReport> targetReports(const QList<Target>& targets);
[[nodiscard]] TargetReport& targetReport(Run& run, const QString& name);
[[nodiscard]] TargetEffects* effectsOf(Run& run, const QString& target); ///< null if there are none

/// One report a command, all skipped.
[[nodiscard]] QList<CommandReport> skippedReports(const QList<StoreCommandPtr>& commands);
/// Fills those of first..last from the transaction, in its thread.
void fillReports(QList<CommandReport>& reports, const Batch& batch, int first, int last,
                 const TransactionContext& transaction, OnError onError);
/// run.failure = the first failed command's, if there is none yet.
void recordFirstFailure(Run& run);

/// Outcome, cause and each target's end, from the layer's answer.
void conclude(Run& run, UnitOfWork::Decision decision, const Result<void>& response, const QList<TransactionEnd>& ends);
/// The same for a pass that never began a transaction.
void concludeUntouched(Run& run, UnitOfWork::Decision decision);

/// A run is what its worst target is; committed here and rolled back there counts as a failed rollback.
[[nodiscard]] Outcome overallOutcome(const QList<TargetReport>& targets);

/// The contract's "reason" for an Error.
[[nodiscard]] QString causeOf(const Error& error, bool byCommand);

/// "insert customers …: message" for logs: the command's text and its error on one line.
[[nodiscard]] QString failureText(const Failure& failure, const Batch& batch);

} // namespace holdpoint
