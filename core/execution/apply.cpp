// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/apply.h"

#include "effects/drift.h"
#include "effects/volatility.h"
#include "execution/passreport.h"
#include "execution/preview.h"
#include "execution/settle.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The marks of `expected` (the previewed effects, that have `wanted`) and of the run are made alike; true if what is
// left is the same.
bool isAsExpected(const QList<TargetEffects>& previewed, const QString& wanted, QList<TargetEffects>& expected,
                  Run& run)
{
    const bool moved = inheritVolatile(expected, run.effects);
    run.digest = digest(run.effects);
    if (!moved)
        return run.digest == wanted;
    // The same but for keys that SQLite gave: no longer the marks of the preview, so not its digest.
    if (digest(expected) != run.digest || digest(previewed) != wanted)
        return false;
    run.digest = wanted;
    return true;
}

Result<void> compare(const Expectation& expectation, Run& run)
{
    run.digest = digest(run.effects);
    if (run.digest == expectation.digest)
        return {};
    const auto previewed = expectation.effects();
    if (!previewed)
        return previewed.error();
    QList<TargetEffects> expected = *previewed;
    if (isAsExpected(*previewed, expectation.digest, expected, run))
        return {};
    run.drift = compareEffects(expected, run.effects);
    if (run.drift.isEmpty()) {
        DriftRow row;
        row.text = u"The effects have the digest %1, expected %2"_s.arg(run.digest, expectation.digest);
        run.drift.append(row);
    }
    return makeError(ErrorKind::Drift, u"The effect is not the previewed one; nothing was committed"_s, {},
                     u"Preview again, and look at what changed since"_s);
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

/// The passes of one apply, and what they do before their COMMIT.
class Apply
{
public:
    Apply(const PoolSource& pools, Journal& journal, const Batch& batch, const RunOptions& options)
        : m_pools(pools)
        , m_journal(journal)
        , m_batch(batch)
        , m_options(options)
    {
    }

    void commitExpected(const Expectation& expectation, Run& run)
    {
        const Run begun = run;
        const auto beforeCommit = [&](RequestContext& context, Run& current) -> Result<void> {
            if (const auto readable = findUnread(context, current); !readable)
                return readable;
            m_journal.expectCommitting(current.effects);
            const auto same = compare(expectation, current);
            return same ? recordCommit(context, current) : same;
        };
        runPass(m_pools, { m_batch, m_options, OnError::Stop, PassEnd::Commit, beforeCommit }, run);
        if (!m_unread.isEmpty()
            && run.outcome == Outcome::RolledBack) { // it told which: once more, and they are read first
            run = begun;
            runPass(m_pools, { m_batch, m_options, OnError::Stop, PassEnd::Commit, beforeCommit, m_unread }, run);
        }
    }

    void commitWhatIsSeen(Run& run)
    {
        const auto beforeCommit = [this](RequestContext& context, Run& current) {
            m_journal.expectCommitting(current.effects);
            current.digest = digest(current.effects);
            return recordCommit(context, current);
        };
        PassRest rest
            = runPass(m_pools, { m_batch, m_options, OnError::Go, PassEnd::CommitIfCertain, beforeCommit }, run);
        previewAgain(m_pools, m_batch, m_options, std::move(rest), run);
        if (run.outcome == Outcome::Ready)
            commitPreviewed(run);
        if (run.outcome == Outcome::Failed)
            run.outcome = Outcome::RolledBack;
    }

private:
    void commitPreviewed(Run& run)
    {
        const Expectation expectation { run.digest, [effects = run.effects] { return Result(effects); } };
        Run again = newRun(run.kind, m_batch);
        again.id = run.id;
        again.started = run.started;
        run = std::move(again);
        commitExpected(expectation, run);
    }

    // Only the first pass may find some: they are read before the second.
    [[nodiscard]] Result<void> findUnread(RequestContext& context, const Run& run)
    {
        for (qsizetype i = 0; !m_looked && i < run.targets.size(); ++i) {
            const QString& name = run.targets.at(i).name;
            auto lease = context.transaction(*m_batch.target(name));
            if (!lease)
                return lease.error();
            const auto unread = lease->run(
                [](TransactionContext& transaction) { return Result<QList<TableName>>(transaction.unread()); });
            if (!unread)
                return unread.error();
            if (!unread->isEmpty())
                m_unread.insert(name, *unread);
        }
        const bool first = !std::exchange(m_looked, true);
        if (first && !m_unread.isEmpty())
            return makeError(ErrorKind::Internal, u"Tables were rewritten that had to be read first"_s);
        return {};
    }

    // What will tell the outcome of a COMMIT whose answer is lost is on the disk before the first one.
    [[nodiscard]] Result<void> recordCommit(RequestContext& context, Run& run) const
    {
        for (TargetReport& report : run.targets) {
            auto lease = context.transaction(*m_batch.target(report.name));
            if (!lease)
                return lease.error();
            auto evidence = lease->run([](TransactionContext& transaction) { return transaction.commitEvidence(); });
            if (!evidence)
                return evidence.error();
            report.evidence = *evidence;
        }
        return m_journal.committing(run).takeResult();
    }

    const PoolSource& m_pools;
    Journal& m_journal;
    const Batch& m_batch;
    const RunOptions& m_options;
    QHash<QString, QList<TableName>> m_unread; // by target
    bool m_looked = false;
};

} // namespace

Result<Run> applyBatch(const PoolSource& pools, Journal& journal, const Batch& batch,
                       const std::optional<Expectation>& expectation, const RunOptions& options, Run run)
{
    if (const auto written = journal.intent(run, batch).takeResult(); !written)
        return written.error();
    Apply apply(pools, journal, batch, options);
    if (expectation)
        apply.commitExpected(*expectation, run);
    else
        apply.commitWhatIsSeen(run);
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
