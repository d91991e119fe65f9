// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/preview.h"

#include "effects/clockvalues.h"
#include "effects/volatility.h"

#include <QThread>

#include <algorithm>

namespace holdpoint {

Run newRun(RunKind kind, const Batch& batch)
{
    Run run;
    run.id = newRunId();
    run.kind = kind;
    run.title = batch.title;
    run.reason = batch.reason;
    run.started = QDateTime::currentDateTimeUtc();
    return run;
}

namespace {

constexpr int mostPasses = 10;
constexpr int passesWithoutNews = 2; // then chance has had its chances

qsizetype countMarks(const QList<TargetEffects>& effects)
{
    qsizetype marks = 0;
    for (const TargetEffects& target : effects) {
        for (const TableEffects& table : target.tables) {
            for (const RowChange& row : table.rows)
                marks += row.volatileColumns.size();
        }
    }
    return marks;
}

bool isOnPostgres(const Run& run)
{
    return std::ranges::any_of(run.effects, [](const auto& target) { return target.engine == EngineKind::PostgreSQL; });
}

// SQLite's clock can be put forward; a server's cannot.
void waitForNextSecond(const Run& run, const RunOptions& options)
{
    constexpr qint64 step = 20;
    constexpr qint64 second = 1000;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (!isOnPostgres(run) || !mayTellSecond(run.effects, now))
        return;
    const QDateTime until = now.addMSecs(second);
    while (QDateTime::currentDateTimeUtc() < until && !options.cancellation.isCancelled())
        QThread::msleep(step);
}

/// Runs the batch again and marks what differs. False: it fails now, which becomes the run.
bool runAgain(const PoolSource& pools, const Batch& batch, const RunOptions& options, Run& run)
{
    Run again = newRun(run.kind, batch);
    runPass(pools, { batch, options, OnError::Go, UnitOfWork::Decision::RollBack, {}, {}, true }, again);
    if (again.outcome != Outcome::Ready) {
        again.id = run.id;
        run = std::move(again);
        return false;
    }
    markVolatile(run.effects, again.effects);
    return true;
}

} // namespace

Run previewBatch(const PoolSource& pools, const Batch& batch, const RunOptions& options, RunKind kind)
{
    Run run = newRun(kind, batch);
    const BatchPass pass { batch, options, OnError::Go, UnitOfWork::Decision::RollBack, {} };
    const Volatility volatility = runPass(pools, pass, run);
    if (volatility != Volatility::None && run.outcome == Outcome::Ready) {
        waitForNextSecond(run, options);
        qsizetype marks = countMarks(run.effects);
        int quiet = 0;
        for (int passes = 1; passes < mostPasses && quiet < passesWithoutNews; ++passes) {
            if (!runAgain(pools, batch, options, run))
                break;
            const qsizetype now = countMarks(run.effects);
            quiet = now == marks ? quiet + 1 : 0;
            marks = now;
            if (volatility != Volatility::Chance)
                break;
        }
        if (run.outcome == Outcome::Ready)
            run.digest = digest(run.effects);
    }
    run.ended = QDateTime::currentDateTimeUtc();
    return run;
}

} // namespace holdpoint
