// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/preview.h"

#include "effects/clockvalues.h"
#include "effects/volatility.h"
#include "execution/nextsecond.h"

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
            for (const RowView row : table.rows.views())
                marks += row.hasVolatile() ? row.volatileColumns().size() : 0;
        }
    }
    return marks;
}

bool isOnPostgres(const Run& run)
{
    return std::ranges::any_of(run.effects, [](const auto& target) { return target.engine == EngineKind::PostgreSQL; });
}

qsizetype countRowsOnSqlite(const QList<TargetEffects>& effects)
{
    qsizetype rows = 0;
    for (const TargetEffects& target : effects) {
        for (const TableEffects& table : target.tables)
            rows += target.engine == EngineKind::SQLite ? table.rows.size() : 0;
    }
    return rows;
}

void addLocks(Run& run, const Run& second)
{
    for (qsizetype i = 0; i < run.targets.size() && i < second.targets.size(); ++i) {
        if (run.targets.at(i).locks && second.targets.at(i).locks)
            addSecondRun(*run.targets[i].locks, *second.targets.at(i).locks);
    }
}

/// One more pass. What fails now becomes the run.
std::optional<Run> runOnceMore(const PoolSource& pools, const BatchPass& pass, Run& run)
{
    Run again = newRun(run.kind, pass.batch);
    again.id = run.id;
    again.started = run.started;
    runPass(pools, pass, again);
    if (again.outcome == Outcome::Ready)
        return again;
    run = std::move(again);
    return {};
}

/// A row that has what SQLite's clock says just now is not changed by it before the next second.
bool wasTooEarly(const Run& run, const Run& again)
{
    return countRowsOnSqlite(again.effects) > countRowsOnSqlite(run.effects);
}

/// Runs the batch again and marks what differs. False: it fails now, which becomes the run.
bool runAgain(const PoolSource& pools, const Batch& batch, const RunOptions& options, Volatility volatility, Run& run)
{
    const BatchPass now { batch, options, OnError::Go, PassEnd::RollBack, {} };
    BatchPass later = now;
    later.laterClock = true;
    later.otherSession = volatility >= Volatility::Session;
    const bool mayStartAnew = volatility != Volatility::Chance; // chance may give any number of rows
    auto again = runOnceMore(pools, later, run);
    if (again && mayStartAnew && wasTooEarly(run, *again)) {
        waitForNextSecond(options.cancellation);
        auto anew = runOnceMore(pools, now, run);
        if (!anew)
            return false;
        addLocks(*anew, run);
        run = std::move(*anew);
        again = runOnceMore(pools, later, run);
    }
    if (!again)
        return false;
    markVolatile(run.effects, again->effects);
    addLocks(run, *again);
    return true;
}

} // namespace

void previewAgain(const PoolSource& pools, const Batch& batch, const RunOptions& options, Volatility volatility,
                  Run& run)
{
    if (volatility == Volatility::None || run.outcome != Outcome::Ready)
        return;
    // SQLite's clock can be put forward; a server's cannot.
    if (isOnPostgres(run) && mayTellSecond(run.effects, QDateTime::currentDateTimeUtc()))
        waitForNextSecond(options.cancellation);
    qsizetype marks = countMarks(run.effects);
    int quiet = 0;
    for (int passes = 1; passes < mostPasses && quiet < passesWithoutNews; ++passes) {
        if (!runAgain(pools, batch, options, volatility, run))
            return;
        const qsizetype now = countMarks(run.effects);
        quiet = now == marks ? quiet + 1 : 0;
        marks = now;
        if (volatility != Volatility::Chance)
            break;
    }
    run.digest = digest(run.effects);
}

Run previewBatch(const PoolSource& pools, const Batch& batch, const RunOptions& options, RunKind kind)
{
    Run run = newRun(kind, batch);
    const Volatility volatility = runPass(pools, { batch, options, OnError::Go, PassEnd::RollBack, {} }, run);
    previewAgain(pools, batch, options, volatility, run);
    run.ended = QDateTime::currentDateTimeUtc();
    return run;
}

} // namespace holdpoint
