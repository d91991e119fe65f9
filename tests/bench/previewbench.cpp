// SPDX-License-Identifier: GPL-3.0-or-later
#include "previewbench.h"

#include "processmemory.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace holdpoint {

namespace {

double secondsOf(const std::function<void()>& work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

double processorSeconds()
{
    timespec time = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void check(const PreviewScene& scene, const Run& run)
{
    qint64 rows = 0;
    for (const TargetEffects& target : run.effects) {
        for (const TableEffects& table : target.tables)
            rows += table.rows.size();
    }
    if (run.outcome != Outcome::Ready || rows != scene.changedRows)
        qFatal("%s: %s; %lld rows changed", scene.title,
               run.failure ? qPrintable(run.failure->error.text()) : "it is previewed", static_cast<long long>(rows));
}

} // namespace

PreviewBench::PreviewBench(int rounds)
    : m_rounds(rounds)
    , m_pools(std::make_shared<SessionPools>(nullptr))
{
    auto journal = Journal::open(m_folder.filePath(QStringLiteral("journal.db"))).takeResult();
    if (!journal)
        qFatal("%s", qPrintable(journal.error().text()));
    m_journal = std::move(journal).value();
}

bool PreviewBench::measure(const PreviewScene& scene)
{
    std::ignore = measureOnce(scene); // warms both sides up
    std::vector<Round> rounds;
    for (int round = 0; round < m_rounds; ++round)
        rounds.push_back(measureOnce(scene));
    const bool good = print(scene, rounds);
    std::printf("  memory at most %.0f MB\n\n", bench::mostMemoryOf([&] { std::ignore = measureOnce(scene); }));
    return good;
}

PreviewBench::Round PreviewBench::measureOnce(const PreviewScene& scene)
{
    Round round;
    round.base = secondsOf(scene.base);
    Part part = Connecting;
    QElapsedTimer sinceLast;
    const auto enter = [&](Part next) {
        round.parts[part] += static_cast<double>(sinceLast.nsecsElapsed()) / 1e9;
        sinceLast.restart();
        part = next;
    };
    RunOptions options;
    options.progress = [&](const Progress& progress) {
        using Phase = Progress::Phase;
        const bool begins = progress.phase == Phase::Connecting;
        round.passes += begins ? 1 : 0;
        enter(begins ? Connecting : progress.phase == Phase::Running ? Running : Capturing);
    };
    const double processor = processorSeconds();
    sinceLast.start();
    round.preview = secondsOf([&] {
        const PoolSource pools = [this](const Target& target) { return m_pools->pool(target); };
        const Run run = previewBatch(pools, scene.batch, options);
        enter(Recording);
        if (const auto written = m_journal->outcome(run).takeResult(); !written)
            qFatal("%s", qPrintable(written.error().text()));
        check(scene, run);
        enter(Recording);
    });
    round.processor = processorSeconds() - processor;
    return round;
}

double PreviewBench::median(const std::vector<Round>& rounds, const std::function<double(const Round&)>& of)
{
    std::vector<double> values;
    std::ranges::transform(rounds, std::back_inserter(values), of);
    std::ranges::sort(values);
    const size_t middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

bool PreviewBench::print(const PreviewScene& scene, const std::vector<Round>& rounds)
{
    const double base = median(rounds, &Round::base);
    const double preview = median(rounds, &Round::preview);
    const auto line = [base](const char* name, double seconds) {
        std::printf("%-40s %10.1f ms %7.2f\n", name, seconds * 1000, seconds / base);
    };
    std::printf("%s\n", scene.title);
    line("  the change and ROLLBACK alone", base);
    line("  preview", preview);
    static constexpr std::array<const char*, partCount> names
        = { "    connect, begin", "    run", "    capture, roll back, digest", "    write to the journal" };
    for (size_t part = 0; part < partCount; ++part)
        line(names[part], median(rounds, [part](const Round& round) { return round.parts[part]; }));
    line("  processor time of the preview", median(rounds, &Round::processor));
    std::printf("  passes %d, limit %.2f%s\n", rounds.front().passes, scene.limit,
                preview > scene.limit * base ? "  OVER" : "");
    std::fflush(stdout);
    return preview <= scene.limit * base;
}

} // namespace holdpoint
