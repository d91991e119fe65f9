// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/workbench.h"

#include "execution/apply.h"
#include "execution/browse.h"
#include "execution/preview.h"
#include "execution/settle.h"
#include "execution/undo.h"
#include "execution/undocheck.h"
#include "session/sessionpools.h"

#include <QPromise>

using namespace Qt::StringLiterals;

namespace holdpoint {

struct Workbench::State
{
    std::shared_ptr<Journal> journal;
    std::shared_ptr<SessionPools> pools;
    QThreadPool threads;

    [[nodiscard]] PoolSource source() const
    {
        return [pools = pools](const Target& target) { return pools->pool(target); };
    }

    // Runs work in a thread of the workbench; its Result is the future's.
    template <typename F> [[nodiscard]] auto start(F work)
    {
        using R = std::invoke_result_t<F>;
        auto promise = std::make_shared<QPromise<R>>();
        promise->start();
        auto future = promise->future();
        threads.start([promise, work = std::move(work)] {
            promise->addResult(work());
            promise->finish();
        });
        return future;
    }

    [[nodiscard]] Result<Run> preview(const Batch& batch, const RunOptions& options)
    {
        Run run = previewBatch(source(), batch, options);
        if (const auto written = journal->outcome(run).takeResult(); !written)
            return written.error();
        return run;
    }

    [[nodiscard]] Expectation expectationOf(const QString& expected) const
    {
        return { expected, [this, expected]() -> Result<QList<TargetEffects>> {
                    auto effects = journal->previewedEffects(expected).takeResult();
                    if (!effects)
                        return effects.error();
                    return std::move(*effects).value_or(QList<TargetEffects>());
                } };
    }

    [[nodiscard]] Result<Run> apply(const Batch& batch, const QString& expected, const RunOptions& options)
    {
        Run run = newRun(RunKind::Apply, batch);
        if (expected.isEmpty())
            return applyBatch(source(), *journal, batch, {}, options, std::move(run));
        const auto known = journal->hasPreview(expected).takeResult();
        if (!known)
            return known.error();
        if (*known)
            return applyBatch(source(), *journal, batch, expectationOf(expected), options, std::move(run));
        Run preview = previewBatch(source(), batch, options, RunKind::Apply);
        if (preview.outcome != Outcome::Ready)
            return recordUnapplied(*journal, batch, std::move(preview));
        return applyExpected(batch, std::move(preview), options, expected);
    }

    // As previewed just now; `expected` is a digest that the operator names on top, and the journal may know.
    [[nodiscard]] Result<Run> applyExpected(const Batch& batch, Run preview, const RunOptions& options,
                                            const QString& expected)
    {
        const auto known = expected.isEmpty() ? Result<bool>(false) : journal->hasPreview(expected).takeResult();
        if (!known)
            return known.error();
        const Expectation expectation = *known
            ? expectationOf(expected)
            : Expectation { expected.isEmpty() ? preview.digest : expected,
                            [effects = std::move(preview.effects)] { return Result(effects); } };
        Run run = newRun(preview.kind, batch);
        run.undoOf = preview.undoOf;
        run.drift = std::move(preview.drift); // accepted: the log keeps what the undo does otherwise
        return applyBatch(source(), *journal, batch, expectation, options, std::move(run));
    }

    [[nodiscard]] Result<Run> undo(const RunId& id, bool applying, RunOptions options, const QString& expected = {})
    {
        const auto undo = undoBatch(source(), *journal, id, options.connection);
        if (!undo)
            return undo.error();
        const auto undone = journal->run(id).takeResult();
        if (!undone)
            return undone.error();
        options.connection.suppressTriggers = true;
        options.dangledBefore = dangledBefore(undone->effects);
        Run preview
            = undo->failure ? untouchedUndo(*undo) : previewBatch(source(), undo->batch, options, RunKind::Undo);
        preview.undoOf = undone->id;
        checkUndo(undone->effects, options.acceptDifferences, preview);
        cautionOfWhatStays(undone->effects, preview);
        if (applying && preview.outcome == Outcome::Ready)
            return applyExpected(undo->batch, std::move(preview), options, expected);
        if (applying)
            return recordUnapplied(*journal, undo->batch, std::move(preview));
        if (const auto written = journal->outcome(preview).takeResult(); !written)
            return written.error();
        return preview;
    }

    [[nodiscard]] Result<Workbench::Queued> enqueue(const Batch& batch, const RunOptions& options)
    {
        auto run = preview(batch, options);
        if (!run)
            return run.error();
        Workbench::Queued queued { std::move(run).value(), {} };
        if (queued.preview.outcome != Outcome::Ready)
            return queued;
        auto entry = journal->enqueue(batch, queued.preview).takeResult();
        if (!entry)
            return entry.error();
        queued.entry = std::move(entry).value();
        return queued;
    }

    [[nodiscard]] Result<Run> applyQueued(qint64 id, const RunOptions& options)
    {
        const auto batch = journal->queuedBatch(id).takeResult();
        if (!batch)
            return batch.error();
        auto effects = journal->queuedEffects(id).takeResult();
        if (!effects)
            return effects.error();
        const Expectation expectation { digest(*effects), [effects] { return effects; } };
        auto run = applyBatch(source(), *journal, *batch, expectation, options, newRun(RunKind::Apply, *batch));
        if (run && run->outcome == Outcome::Committed) {
            if (const auto removed = journal->dequeue(id).takeResult(); !removed)
                return removed.error();
        }
        return run;
    }

    [[nodiscard]] Result<QList<Run>> resolve(const RunId& id, const RunOptions& options)
    {
        const auto unsettled = journal->unsettled().takeResult();
        if (!unsettled)
            return unsettled.error();
        QList<Run> resolved;
        for (const UnsettledRun& each : *unsettled) {
            if (each.alive || !each.run.id.startsWith(id))
                continue;
            auto run = resolveOne(each, options);
            if (!run)
                return run.error();
            resolved.append(std::move(run).value());
        }
        return resolved;
    }

    [[nodiscard]] Result<Run> resolveOne(const UnsettledRun& unsettled, const RunOptions& options)
    {
        Run run = unsettled.run;
        for (TargetReport& report : run.targets)
            report.outcome = unsettled.commitSent ? Outcome::InDoubt : Outcome::RolledBack;
        run.outcome = unsettled.commitSent ? Outcome::InDoubt : Outcome::RolledBack;
        settleRun(source(), unsettled.targets, options, run);
        run.cause = run.outcome == Outcome::Committed ? QString() : u"crashed"_s;
        if (run.outcome == Outcome::InDoubt)
            return run; // not settled: the journal goes on asking
        run.ended = QDateTime::currentDateTimeUtc();
        if (const auto written = journal->outcome(run).takeResult(); !written)
            return written.error();
        return run;
    }
};

Workbench::Workbench(std::shared_ptr<Journal> journal, std::shared_ptr<SecretSource> secrets)
    : m_state(std::make_shared<State>())
{
    m_state->journal = std::move(journal);
    m_state->pools = std::make_shared<SessionPools>(std::move(secrets));
    m_state->threads.setMaxThreadCount(8);
}

Workbench::~Workbench()
{
    m_state->threads.waitForDone();
}

QFuture<Result<Run>> Workbench::preview(const Batch& batch, const RunOptions& options)
{
    return m_state->start([state = m_state.get(), batch, options] { return state->preview(batch, options); });
}

QFuture<Result<Run>> Workbench::apply(const Batch& batch, const QString& expected, const RunOptions& options)
{
    return m_state->start(
        [state = m_state.get(), batch, expected, options] { return state->apply(batch, expected, options); });
}

QFuture<Result<Run>> Workbench::undo(const RunId& run, bool apply, const RunOptions& options)
{
    return m_state->start([state = m_state.get(), run, apply, options] { return state->undo(run, apply, options); });
}

QFuture<Result<Run>> Workbench::applyUndo(const RunId& run, const QString& expected, const RunOptions& options)
{
    return m_state->start(
        [state = m_state.get(), run, expected, options] { return state->undo(run, true, options, expected); });
}

QFuture<Result<Workbench::Queued>> Workbench::enqueue(const Batch& batch, const RunOptions& options)
{
    return m_state->start([state = m_state.get(), batch, options] { return state->enqueue(batch, options); });
}

QFuture<Result<Run>> Workbench::applyQueued(qint64 id, const RunOptions& options)
{
    return m_state->start([state = m_state.get(), id, options] { return state->applyQueued(id, options); });
}

QFuture<Result<QList<Run>>> Workbench::resolve(const RunId& run, const RunOptions& options)
{
    return m_state->start([state = m_state.get(), run, options] { return state->resolve(run, options); });
}

QFuture<Result<QList<Table>>> Workbench::tables(const Target& target, const ConnectionOptions& options)
{
    return m_state->start(
        [state = m_state.get(), target, options] { return readTables(state->source(), target, options); });
}

QFuture<Result<Workbench::Page>> Workbench::page(const Target& target, const TableName& table, int limit,
                                                 const ConnectionOptions& options)
{
    return m_state->start([state = m_state.get(), target, table, limit, options] {
        return readPage(state->source(), target, table, limit, options);
    });
}

Journal& Workbench::journal() const
{
    return *m_state->journal;
}

} // namespace holdpoint
