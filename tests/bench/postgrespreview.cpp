// SPDX-License-Identifier: GPL-3.0-or-later
// What a preview on PostgreSQL costs beside the change itself:
//
//     postgrespreview URI [--rows N] [--child-rows N] [--rounds N] [--case N] [--keep yes]
//
// URI is a server on which a database may be made, such as the one that tests/support/postgres.sh starts. Each case
// runs one change by key: as BEGIN, the statement, ROLLBACK on one libpq connection, and as a preview by the library
// over warm sessions (digest included, journal not). Both alternate; the medians of all rounds and their ratio are
// printed, where the preview's time went, each part as its own median, and how much memory one more preview took at
// most. Exit code 1 if a ratio is over its limit or a table was scanned that should not be, or not where it should.
// --keep leaves the tables for the next call, which uses them if they have as many rows.
//
// The keys are constants of the statement, as an operator who pastes a list writes them. A subquery on
// generate_series() in their place makes the preview run twice, because one of the functions of that name is STABLE.

#include "command/runsql.h"
#include "effects/effects.h"
#include "execution/preview.h"
#include "postgrespreviewtables.h"
#include "processmemory.h"
#include "session/sessionpools.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

using bench::Options;

struct Case
{
    const char* name;
    QByteArray text;
    double limit = 0; // 0: none
    bool once = false; // it takes too long for more
    bool fully = false; // the tables are scanned
};

double processorMilliseconds()
{
    timespec time = {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double directly(PGconn* handle, const QByteArray& text)
{
    QElapsedTimer timer;
    timer.start();
    bench::run(handle, "BEGIN");
    bench::run(handle, text);
    bench::run(handle, "ROLLBACK");
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

/// Milliseconds; with more than one pass, of all passes together.
struct Phases
{
    double total = 0;
    double begin = 0;
    double run = 0;
    double capture = 0; // and the end
    double digest = 0; // which `capture` contains: measured once more
    double processor = 0; // of this process
    int passes = 0;
};

Phases preview(const PoolSource& pools, const Batch& batch, bool fully, Run& run)
{
    Phases phases;
    double* part = nullptr;
    double entered = 0;
    QElapsedTimer timer;
    const auto now = [&timer] { return static_cast<double>(timer.nsecsElapsed()) / 1e6; };
    const auto enter = [&](double* next) {
        if (part != nullptr)
            *part += now() - entered;
        entered = now();
        part = next;
    };
    RunOptions options;
    options.connection.statementTimeout = {};
    options.verifyFully = fully;
    options.progress = [&](const Progress& progress) {
        switch (progress.phase) {
        case Progress::Phase::Connecting: ++phases.passes; return enter(&phases.begin);
        case Progress::Phase::Running: return enter(&phases.run);
        default: return enter(&phases.capture);
        }
    };
    const double processor = processorMilliseconds();
    timer.start();
    run = previewBatch(pools, batch, options);
    enter(nullptr);
    phases.total = now();
    phases.processor = processorMilliseconds() - processor;
    timer.restart();
    std::ignore = digest(run.effects);
    phases.digest = now();
    return phases;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

void printParts(const std::vector<Phases>& previews, double base)
{
    const auto part = [&](const char* name, double Phases::*of) {
        std::vector<double> values;
        std::ranges::transform(previews, std::back_inserter(values), of);
        std::printf("    %-32s %9.3f ms %6.2f\n", name, median(values), median(values) / base);
    };
    part("session, snapshots, begin", &Phases::begin);
    part("statements", &Phases::run);
    part("capture, roll back, digest", &Phases::capture);
    part("  of which the digest", &Phases::digest);
    part("processor time of the client", &Phases::processor);
    std::printf("    passes %d\n", previews.back().passes);
}

bool isGood(const Case& each, const Run& run)
{
    if (run.outcome != Outcome::Ready) {
        std::fprintf(stderr, "%s: %s\n", each.name, qPrintable(run.failure ? run.failure->error.text() : QString()));
        return false;
    }
    bool good = true;
    for (const TableEffects& table : run.effects.constFirst().tables) {
        std::printf("    %-10s %7lld rows, %s\n", qPrintable(table.name.table),
                    static_cast<long long>(table.rows.size()), qPrintable(captureWayName(table.way)));
        good = good && table.way == (each.fully ? CaptureWay::Scanned : CaptureWay::LookedUp);
    }
    return good;
}

bool measure(const Options& options, const Case& each)
{
    const QByteArray uri = bench::inDatabase(options.uri);
    const bench::Handle handle = bench::connect(uri);
    SessionPools sessions(nullptr);
    const PoolSource pools = [&sessions](const Target& target) { return sessions.pool(target); };
    Batch batch;
    batch.targets = { { u"bench"_s, EngineKind::PostgreSQL, QString::fromUtf8(uri), Environment::Development, false } };
    batch.commands = { std::make_shared<RunSql>(u"bench"_s, QString::fromUtf8(each.text)) };
    Run last;
    constexpr int warmRounds = 6; // until the server keeps the plans of prepared statements
    for (int warm = 0; warm < (each.once ? 0 : warmRounds); ++warm) {
        directly(handle.get(), each.text);
        preview(pools, batch, each.fully, last);
    }
    std::vector<double> direct;
    std::vector<Phases> previews;
    for (int round = 0; round < (each.once ? 1 : options.rounds); ++round) {
        direct.push_back(directly(handle.get(), each.text));
        previews.push_back(preview(pools, batch, each.fully, last));
    }
    std::vector<double> totals;
    std::ranges::transform(previews, std::back_inserter(totals), &Phases::total);
    const double base = median(direct);
    const double ratio = median(totals) / base;
    std::printf("%s\n    the change itself %.3f ms, preview %.3f ms, ratio %.2f", each.name, base, median(totals),
                ratio);
    if (each.limit > 0)
        std::printf(", limit %.1f%s", each.limit, ratio > each.limit ? "   OVER" : "");
    std::printf("\n");
    printParts(previews, base);
    last = {};
    std::printf("    memory at most %.0f MB\n",
                bench::mostMemoryOf([&] { std::ignore = preview(pools, batch, each.fully, last); }));
    const bool good = isGood(each, last);
    return good && (each.limit == 0 || ratio <= each.limit);
}

Options parse(int argc, char** argv)
{
    Options options;
    if (argc < 2) {
        std::fprintf(stderr,
                     "usage: postgrespreview URI [--rows N] [--child-rows N] [--rounds N] [--case N] [--keep yes]\n");
        std::exit(2);
    }
    options.uri = argv[1];
    for (int i = 2; i + 1 < argc; i += 2) {
        const QByteArray name(argv[i]);
        const qint64 value = QByteArray(argv[i + 1]).toLongLong();
        if (name == "--rows")
            options.rows = value;
        else if (name == "--child-rows")
            options.childRows = value;
        else if (name == "--rounds")
            options.rounds = static_cast<int>(value);
        else if (name == "--case")
            options.onlyCase = static_cast<int>(value);
        else if (name == "--keep")
            options.keep = true;
    }
    return options;
}

} // namespace

int main(int argc, char** argv)
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const QCoreApplication application(argc, argv);
    const Options options = parse(argc, argv);
    bench::fill(options);
    const auto update = [&](qint64 count) {
        return "UPDATE items SET quantity = quantity + 1 WHERE id = ANY ('{" + bench::keys(options, count) + "}')";
    };
    const QList<Case> cases {
        { "update of 10 rows by key", update(10), 5 },
        { "update of 100000 rows by key", update(100000), 1.8 },
        { "delete of 10 with cascade and audit", "DELETE FROM customers WHERE id BETWEEN 5001 AND 5010", 0 },
        { "update of 20 with audit", "UPDATE orders SET note = 'new' WHERE customer BETWEEN 5001 AND 5002", 0 },
        { "update of a million rows", "UPDATE items SET quantity = quantity + 1 WHERE id <= 1000000", 0, true },
        { "delete of a million rows", "DELETE FROM items WHERE id <= 1000000", 0, true },
        { "update of 10 rows, scanned", update(10), 0, true, true },
        { "update of a million rows, scanned", "UPDATE items SET quantity = quantity + 1 WHERE id <= 1000000", 0, true,
          true },
    };
    bool good = true;
    for (int i = 0; i < cases.size(); ++i) {
        if (options.onlyCase == 0 || options.onlyCase == i + 1)
            good = measure(options, cases.at(i)) && good;
    }
    if (!options.keep)
        bench::drop(options);
    return good ? 0 : 1;
}
