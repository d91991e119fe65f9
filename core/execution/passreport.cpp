// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/passreport.h"

#include "target/targeturi.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

QList<TargetReport> targetReports(const QList<Target>& targets)
{
    QList<TargetReport> reports;
    for (const Target& target : targets)
        // Nothing lies below the file itself, so its path stays absolute.
        reports.append(
            { target.name, targetUri(target, QDir(target.address)), target.engine, Outcome::RolledBack, {}, {}, {} });
    return reports;
}

TargetReport& targetReport(Run& run, const QString& name)
{
    const auto found = std::ranges::find(run.targets, name, &TargetReport::name);
    Q_ASSERT(found != run.targets.end());
    return *found;
}

TargetEffects* effectsOf(Run& run, const QString& target)
{
    const auto found = std::ranges::find(run.effects, target, &TargetEffects::target);
    return found == run.effects.end() ? nullptr : &*found;
}

QList<CommandReport> skippedReports(const QList<StoreCommandPtr>& commands)
{
    QList<CommandReport> reports;
    reports.reserve(commands.size());
    for (const StoreCommandPtr& command : commands) {
        CommandReport report;
        report.index = static_cast<int>(reports.size());
        report.operation = command->operation();
        report.target = command->target();
        reports.append(std::move(report));
    }
    return reports;
}

void fillReports(QList<CommandReport>& reports, const Batch& batch, int first, int last,
                 const TransactionContext& transaction, OnError onError)
{
    for (int index = first; index <= last; ++index) {
        CommandReport& report = reports[index];
        if (!transaction.hasStarted(index))
            continue;
        const CommandProgress progress = transaction.progress(index);
        report.rows = progress.rows;
        report.milliseconds = progress.milliseconds;
        report.error = transaction.error(index);
        report.status = report.error ? CommandStatus::Failed : CommandStatus::Ok;
        if (!report.error)
            continue;
        report.rows = 0;
        report.description = batch.commands.at(index)->describe();
        if (onError == OnError::Stop)
            return;
    }
}

void recordFirstFailure(Run& run)
{
    if (run.failure)
        return;
    const auto failed = std::ranges::find(run.commands, CommandStatus::Failed, &CommandReport::status);
    if (failed != run.commands.end())
        run.failure = Failure { failed->index, failed->target, *failed->error };
}

namespace {

bool isOfStatement(const Error& error)
{
    constexpr int sqliteInterrupt = 9;
    return error.sqlState == "57014"_L1 || (error.nativeCode & 0xff) == sqliteInterrupt;
}

} // namespace

QString causeOf(const Error& error, bool byCommand)
{
    switch (error.kind) {
    case ErrorKind::Cancelled: return u"cancelled"_s;
    case ErrorKind::ConnectionLost: return u"connection-lost"_s;
    case ErrorKind::Drift: return u"drift"_s;
    case ErrorKind::Unreachable: return u"unreachable"_s;
    case ErrorKind::Timeout: return isOfStatement(error) ? u"statement-timeout"_s : u"lock-timeout"_s;
    case ErrorKind::Usage:
    case ErrorKind::File:
    case ErrorKind::Statement:
    case ErrorKind::Guard:
    case ErrorKind::Outdated:
    case ErrorKind::Internal: break;
    }
    return byCommand ? u"command-failed"_s : u"failed"_s;
}

namespace {

Outcome outcomeOf(const TransactionEnd& end)
{
    if (end.rollbackError)
        return Outcome::RollbackFailed;
    switch (end.end) {
    case CommitEnd::Committed: return Outcome::Committed;
    case CommitEnd::RolledBack: return Outcome::RolledBack;
    case CommitEnd::InDoubt: return Outcome::InDoubt;
    }
    Q_UNREACHABLE();
}

void recordEnds(Run& run, const QList<TransactionEnd>& ends)
{
    for (const TransactionEnd& end : ends) {
        TargetReport& report = targetReport(run, end.target);
        report.outcome = outcomeOf(end);
        report.rollbackError = end.rollbackError;
        report.locks = end.locks;
    }
}

} // namespace

Outcome overallOutcome(const QList<TargetReport>& targets)
{
    const auto any = [&](Outcome outcome) { return std::ranges::count(targets, outcome, &TargetReport::outcome); };
    if (any(Outcome::InDoubt) > 0)
        return Outcome::InDoubt;
    if (any(Outcome::RollbackFailed) > 0)
        return Outcome::RollbackFailed;
    const auto committed = any(Outcome::Committed);
    if (committed == targets.size())
        return Outcome::Committed;
    return committed == 0 ? Outcome::RolledBack : Outcome::RollbackFailed;
}

void concludeUntouched(Run& run, UnitOfWork::Decision decision)
{
    conclude(run, decision, run.failure->error, {});
}

void conclude(Run& run, UnitOfWork::Decision decision, const Result<void>& response, const QList<TransactionEnd>& ends)
{
    recordEnds(run, ends);
    if (!response && !run.failure)
        run.failure = Failure { {}, {}, response.error() };
    const bool committing = decision == UnitOfWork::Decision::Commit;
    const bool ended = std::ranges::any_of(ends, [](const auto& end) { return end.commitError.has_value(); });
    if (!response && ended) { // the COMMIT itself is what failed
        const auto failed = std::ranges::find_if(ends, [](const auto& end) { return end.commitError.has_value(); });
        run.failure = Failure { {}, failed->target, *failed->commitError };
        run.cause = failed->end == CommitEnd::InDoubt ? u"connection-lost"_s : u"commit-failed"_s;
    } else if (run.failure) {
        run.cause = causeOf(run.failure->error, run.failure->command.has_value());
    }
    const Outcome worst = overallOutcome(run.targets);
    if (committing || worst == Outcome::RollbackFailed)
        run.outcome = worst;
    else
        run.outcome = run.failure ? Outcome::Failed : Outcome::Ready;
}

QString failureText(const Failure& failure, const Batch& batch)
{
    if (!failure.command || *failure.command >= batch.commands.size())
        return failure.error.message;
    return u"command %1 (%2): %3"_s.arg(QString::number(*failure.command),
                                        batch.commands.at(*failure.command)->describe(), failure.error.message);
}

} // namespace holdpoint
