// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/preview.h"

#include "effects/clockvalues.h"
#include "effects/volatility.h"
#include "execution/nextsecond.h"

#include <algorithm>

using namespace Qt::StringLiterals;

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

/// Finds what differs between the runs of a batch.
class Repetition
{
public:
    Repetition(const PoolSource& pools, const Batch& batch, const RunOptions& options, PassRest rest, Run& run)
        : m_pools(pools)
        , m_batch(batch)
        , m_options(options)
        , m_rest(std::move(rest))
        , m_run(run)
    {
    }

    /// Runs the batch again and marks what differs. False: it fails now, which becomes the run.
    [[nodiscard]] bool runAgain();

private:
    enum class World { Kept, Any };

    [[nodiscard]] Run runLater(World world) const;
    [[nodiscard]] bool mayStartAnew() const;
    [[nodiscard]] bool startAnew();
    [[nodiscard]] bool sawTheSame() const;

    const PoolSource& m_pools;
    const Batch& m_batch;
    const RunOptions& m_options;
    PassRest m_rest; // of the run
    Run& m_run;
    int m_starts = 1;
    bool m_waited = false;
};

/// A row that has what SQLite's clock says just now is not changed by it before the next second.
bool wasTooEarly(const Run& run, const Run& again)
{
    return countRowsOnSqlite(again.effects) > countRowsOnSqlite(run.effects);
}

/// Somebody else has changed a row since, which the batch changes too.
bool metAnother(const Run& run)
{
    return run.failure && run.failure->error.sqlState == "40001"_L1;
}

Run continued(const Run& run, const Batch& batch)
{
    Run next = newRun(run.kind, batch);
    next.id = run.id;
    next.started = run.started;
    return next;
}

Run Repetition::runLater(World world) const
{
    BatchPass later { m_batch, m_options, OnError::Go, PassEnd::RollBack, {} };
    later.again = true;
    later.worlds = world == World::Kept ? &m_rest.worlds : nullptr;
    Run again = continued(m_run, m_batch);
    runPass(m_pools, later, again);
    return again;
}

bool Repetition::mayStartAnew() const
{
    constexpr int mostStarts = 5;
    return m_starts < mostStarts && !m_options.cancellation.isCancelled();
}

/// A first pass once more. False: it fails now, which becomes the run.
bool Repetition::startAnew()
{
    ++m_starts;
    m_rest.worlds.clear();
    Run anew = continued(m_run, m_batch);
    m_rest = runPass(m_pools, { m_batch, m_options, OnError::Go, PassEnd::RollBack, {} }, anew);
    if (anew.outcome == Outcome::Ready)
        addLocks(anew, m_run);
    m_run = std::move(anew);
    return m_run.outcome == Outcome::Ready;
}

bool Repetition::sawTheSame() const
{
    return std::ranges::all_of(m_rest.worlds, &KeptWorld::isThere);
}

bool Repetition::runAgain()
{
    Run again = runLater(World::Kept);
    while (mayStartAnew()) {
        const bool ready = again.outcome == Outcome::Ready;
        // Chance may give any number of rows.
        const bool isTooEarly
            = ready && !m_waited && m_rest.volatility != Volatility::Chance && wasTooEarly(m_run, again);
        if (ready ? !isTooEarly && sawTheSame() : !metAnother(again))
            break;
        if (isTooEarly)
            waitForNextSecond(m_options.cancellation);
        m_waited = m_waited || isTooEarly;
        if (!startAnew())
            return false;
        again = runLater(World::Kept);
    }
    const bool failed = again.outcome != Outcome::Ready && !m_options.cancellation.isCancelled();
    if (failed && !m_rest.worlds.isEmpty()) { // which may be because of what was kept
        m_rest.worlds.clear();
        again = runLater(World::Any);
    }
    if (again.outcome != Outcome::Ready) {
        m_run = std::move(again);
        return false;
    }
    markVolatile(m_run.effects, again.effects);
    addLocks(m_run, again);
    return true;
}

} // namespace

void previewAgain(const PoolSource& pools, const Batch& batch, const RunOptions& options, PassRest rest, Run& run)
{
    const Volatility volatility = rest.volatility;
    if (volatility == Volatility::None || run.outcome != Outcome::Ready)
        return;
    // SQLite's clock can be put forward; a server's cannot.
    if (isOnPostgres(run) && mayTellSecond(run.effects, QDateTime::currentDateTimeUtc()))
        waitForNextSecond(options.cancellation);
    Repetition repetition(pools, batch, options, std::move(rest), run);
    qsizetype marks = countMarks(run.effects);
    int quiet = 0;
    for (int passes = 1; passes < mostPasses && quiet < passesWithoutNews; ++passes) {
        if (!repetition.runAgain())
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
    PassRest rest = runPass(pools, { batch, options, OnError::Go, PassEnd::RollBack, {} }, run);
    previewAgain(pools, batch, options, std::move(rest), run);
    run.ended = QDateTime::currentDateTimeUtc();
    return run;
}

} // namespace holdpoint
