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
    /// `rest` is what the first pass left, whose run is Ready.
    Repetition(const PoolSource& pools, const Batch& batch, const RunOptions& options, PassRest rest, Run& run)
        : m_pools(pools)
        , m_batch(batch)
        , m_options(options)
        , m_rest(std::move(rest))
        , m_run(run)
    {
    }

    [[nodiscard]] Volatility volatility() const { return m_rest.volatility; }
    /// How many first passes there were: a further one loses all marks.
    [[nodiscard]] int starts() const { return m_starts; }
    /// Runs the batch again and marks what differs. False: it fails now, which becomes the run.
    [[nodiscard]] bool runAgain();

private:
    enum class Next { Compare, StartAnew, WithoutWorlds, Fail };

    [[nodiscard]] Run runLater() const;
    [[nodiscard]] Next nextAfter(const Run& again);
    [[nodiscard]] bool startAnew();

    const PoolSource& m_pools;
    const Batch& m_batch;
    const RunOptions& m_options;
    PassRest m_rest; // of the run
    Run& m_run;
    int m_starts = 1;
    bool m_waited = false;
    bool m_failed = false;
    bool m_isOneWorld = true;
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

/// The session that keeps a world is lost, or may not have another one beside it.
bool couldNotBegin(const Run& run)
{
    constexpr auto invalidSnapshot = "22023"_L1;
    return run.failure && !run.failure->command
        && (run.failure->error.kind == ErrorKind::Unreachable || run.failure->error.sqlState == invalidSnapshot);
}

void sayOtherWorld(QList<Caution>& cautions)
{
    const Caution caution {
        u"other-world"_s,
        u"others may have changed data between the passes of this preview, so a value that is marked"
        " volatile may differ for that reason alone"_s
    };
    if (!cautions.contains(caution))
        cautions.append(caution);
}

Run continued(const Run& run, const Batch& batch)
{
    Run next = newRun(run.kind, batch);
    next.id = run.id;
    next.started = run.started;
    return next;
}

/// SQLite's clock can be put forward; a server's cannot.
Run Repetition::runLater() const
{
    if (isOnPostgres(m_run) && mayTellSecond(m_run.effects, QDateTime::currentDateTimeUtc()))
        waitForNextSecond(m_options.cancellation);
    BatchPass later { m_batch, m_options, OnError::Go, PassEnd::RollBack, {} };
    later.again = true;
    later.worlds = &m_rest.worlds;
    Run again = continued(m_run, m_batch);
    runPass(m_pools, later, again);
    return again;
}

/// A first pass once more. False: it fails now, which becomes the run.
bool Repetition::startAnew()
{
    ++m_starts;
    m_isOneWorld = true;
    m_rest.worlds.clear();
    Run anew = continued(m_run, m_batch);
    m_rest = runPass(m_pools, { m_batch, m_options, OnError::Go, PassEnd::RollBack, {} }, anew);
    if (anew.outcome == Outcome::Ready)
        addLocks(anew, m_run);
    m_run = std::move(anew);
    return m_run.outcome == Outcome::Ready;
}

Repetition::Next Repetition::nextAfter(const Run& again)
{
    constexpr int mostStarts = 5;
    const bool ready = again.outcome == Outcome::Ready;
    if (m_options.cancellation.isCancelled())
        return ready ? Next::Compare : Next::Fail;
    const bool mayStart = m_starts < mostStarts;
    if (!ready && (couldNotBegin(again) || (metAnother(again) && !mayStart)) && !m_rest.worlds.isEmpty())
        return Next::WithoutWorlds;
    if (!ready) {
        const bool isFirst = !std::exchange(m_failed, true);
        return mayStart && (isFirst || metAnother(again)) ? Next::StartAnew : Next::Fail;
    }
    // Chance may give any number of rows.
    if (mayStart && !m_waited && volatility() != Volatility::Chance && wasTooEarly(m_run, again)) {
        m_waited = true;
        waitForNextSecond(m_options.cancellation);
        return Next::StartAnew;
    }
    m_isOneWorld = m_isOneWorld && m_rest.worlds.size() == m_run.targets.size();
    for (const auto& world : std::as_const(m_rest.worlds)) {
        if (world->wasSeen())
            continue;
        if (mayStart && world->mayBegin())
            return Next::StartAnew;
        m_isOneWorld = false;
    }
    return Next::Compare;
}

bool Repetition::runAgain()
{
    for (;;) {
        Run again = runLater();
        switch (nextAfter(again)) {
        case Next::Compare:
            markVolatile(m_run.effects, again.effects);
            addLocks(m_run, again);
            if (!m_isOneWorld && again.digest != m_run.digest) // of the passes, without marks
                sayOtherWorld(m_run.effects.first().cautions);
            return true;
        case Next::StartAnew:
            if (!startAnew())
                return false;
            if (volatility() == Volatility::None)
                return true;
            break;
        case Next::WithoutWorlds:
            m_rest.worlds.clear();
            m_isOneWorld = false;
            break;
        case Next::Fail: m_run = std::move(again); return false;
        }
    }
}

} // namespace

void previewAgain(const PoolSource& pools, const Batch& batch, const RunOptions& options, PassRest rest, Run& run)
{
    if (rest.volatility == Volatility::None || run.outcome != Outcome::Ready)
        return;
    Repetition repetition(pools, batch, options, std::move(rest), run);
    qsizetype marks = countMarks(run.effects);
    int starts = repetition.starts();
    int quiet = 0;
    for (int passes = 1; passes < mostPasses && quiet < passesWithoutNews; ++passes) {
        if (!repetition.runAgain())
            return;
        const qsizetype now = countMarks(run.effects);
        const bool isNews = now != marks || repetition.starts() != starts;
        quiet = isNews ? 0 : quiet + 1;
        marks = now;
        starts = repetition.starts();
        if (repetition.volatility() != Volatility::Chance)
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
