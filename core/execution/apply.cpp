// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/apply.h"

#include "effects/drift.h"
#include "effects/volatility.h"
#include "execution/passreport.h"
#include "execution/settle.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The previewed effects may not be those of the digest, if the operator named it.
bool isOfDigest(const Expectation& expectation)
{
    const auto effects = expectation.effects();
    return effects && digest(*effects) == expectation.digest;
}

Result<void> compare(const Expectation& expectation, Run& run)
{
    run.digest = digest(run.effects);
    if (run.digest == expectation.digest)
        return {};
    auto expected = expectation.effects();
    if (!expected)
        return expected.error();
    const bool moved = inheritVolatile(*expected, run.effects);
    run.digest = digest(run.effects);
    if (run.digest == expectation.digest)
        return {};
    // The same but for keys that SQLite gives: these marks are not those of the preview, so not its digest.
    if (moved && digest(*expected) == run.digest && isOfDigest(expectation)) {
        run.digest = expectation.digest;
        return {};
    }
    run.drift = compareEffects(*expected, run.effects);
    if (run.drift.isEmpty()) {
        DriftRow row;
        row.text = u"The effects have the digest %1, expected %2"_s.arg(run.digest, expectation.digest);
        run.drift.append(row);
    }
    return makeError(ErrorKind::Drift, u"The effect is not the previewed one; nothing was committed"_s, {},
                     u"Preview again, and look at what changed since"_s);
}

Result<void> gatherEvidence(RequestContext& context, const Batch& batch, Run& run)
{
    for (TargetReport& report : run.targets) {
        auto lease = context.transaction(*batch.target(report.name));
        if (!lease)
            return lease.error();
        auto evidence = lease->run([](TransactionContext& transaction) { return transaction.commitEvidence(); });
        if (!evidence)
            return evidence.error();
        report.evidence = *evidence;
    }
    return {};
}

Result<QHash<QString, QList<TableName>>> unreadTables(RequestContext& context, const Batch& batch, const Run& run)
{
    QHash<QString, QList<TableName>> unread;
    for (const TargetReport& report : run.targets) {
        auto lease = context.transaction(*batch.target(report.name));
        if (!lease)
            return lease.error();
        const auto names = lease->run(
            [](TransactionContext& transaction) { return Result<QList<TableName>>(transaction.unread()); });
        if (!names)
            return names.error();
        if (!names->isEmpty())
            unread.insert(report.name, *names);
    }
    return unread;
}

// The outcome is a fact already; a journal that cannot take it must not hide it.
void recordOutcome(Journal& journal, Run& run)
{
    run.ended = QDateTime::currentDateTimeUtc();
    if (const auto written = journal.outcome(run).takeResult(); !written) {
        Error error = written.error();
        error.message = u"The run ended as %1, but the journal could not be written: %2"_s.arg(outcomeName(run.outcome),
                                                                                               error.message);
        if (!run.failure)
            run.failure = Failure { {}, {}, error };
        else
            run.failure->error.detail += u"\n%1"_s.arg(error.message);
    }
}

} // namespace

Result<Run> applyBatch(const PoolSource& pools, Journal& journal, const Batch& batch, const Expectation& expectation,
                       const RunOptions& options, Run run)
{
    if (const auto written = journal.intent(run, batch).takeResult(); !written)
        return written.error();
    const Run begun = run;
    QHash<QString, QList<TableName>> unread;
    const auto beforeCommit = [&](RequestContext& context, Run& current) -> Result<void> {
        if (unread.isEmpty()) {
            auto found = unreadTables(context, batch, current);
            if (!found)
                return found.error();
            unread = std::move(*found);
            if (!unread.isEmpty())
                return makeError(ErrorKind::Internal, u"Tables were rewritten that had to be read first"_s);
        }
        if (const auto same = compare(expectation, current); !same)
            return same;
        if (const auto gathered = gatherEvidence(context, batch, current); !gathered)
            return gathered;
        return journal.committing(current).takeResult();
    };
    using Decision = UnitOfWork::Decision;
    runPass(pools, { batch, options, OnError::Stop, Decision::Commit, beforeCommit }, run);
    if (!unread.isEmpty() && run.outcome == Outcome::RolledBack) { // it told which: once more, and they are read first
        run = begun;
        runPass(pools, { batch, options, OnError::Stop, Decision::Commit, beforeCommit, unread }, run);
    }
    settleRun(pools, batch.targets, options, run);
    recordOutcome(journal, run);
    return run;
}

Result<Run> recordUnapplied(Journal& journal, const Batch& batch, Run run)
{
    if (run.outcome == Outcome::Failed)
        run.outcome = Outcome::RolledBack;
    if (const auto written = journal.intent(run, batch).takeResult(); !written)
        return written.error();
    recordOutcome(journal, run);
    return run;
}

} // namespace holdpoint
