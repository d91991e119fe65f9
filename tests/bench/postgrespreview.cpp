// SPDX-License-Identifier: GPL-3.0-or-later
// What a preview on PostgreSQL costs beside the change itself:
//
//     postgrespreview URI [--rows N] [--child-rows N] [--rounds N]
//
// URI is a server on which a database may be made, such as the one that tests/support/postgres.sh starts. Each case
// runs one UPDATE by key: as BEGIN, UPDATE, ROLLBACK on one libpq connection, and as a preview by the library over warm
// sessions (digest included, journal not). Both alternate; the medians of all rounds and their ratio are printed, and
// where the time of the median preview went. Exit code 1 if a ratio is over its limit or a table was scanned that
// should not be.

#include "command/runsql.h"
#include "execution/preview.h"
#include "session/sessionpools.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <libpq-fe.h>
#include <memory>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto databaseName = "holdpoint_bench_preview";

struct Options
{
    QByteArray uri;
    qint64 rows = 1000000;
    qint64 childRows = 1000000;
    int rounds = 15;
};

struct Case
{
    const char* name;
    QByteArray text;
    double limit = 0; // 0: none
};

using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Handle connect(const QByteArray& uri)
{
    Handle handle(PQconnectdb(uri.constData()), &PQfinish);
    if (PQstatus(handle.get()) != CONNECTION_OK) {
        std::fprintf(stderr, "%s", PQerrorMessage(handle.get()));
        std::exit(2);
    }
    return handle;
}

void run(PGconn* handle, const QByteArray& sql)
{
    PGresult* result = PQexec(handle, sql.constData());
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        std::fprintf(stderr, "%s\n%s", sql.constData(), PQresultErrorMessage(result));
        std::exit(2);
    }
    PQclear(result);
}

QByteArray inDatabase(QByteArray uri)
{
    const qsizetype query = uri.indexOf('?');
    const qsizetype slash = uri.lastIndexOf('/', query < 0 ? -1 : query);
    return uri.left(slash + 1) + databaseName + (query < 0 ? QByteArray() : uri.mid(query));
}

void fill(const Options& options)
{
    const Handle server = connect(options.uri);
    run(server.get(), "SET client_min_messages = warning");
    run(server.get(), "DROP DATABASE IF EXISTS "_ba + databaseName);
    run(server.get(), "CREATE DATABASE "_ba + databaseName);
    const Handle handle = connect(inDatabase(options.uri));
    const QByteArray rows = QByteArray::number(options.rows);
    const QByteArray children = QByteArray::number(options.childRows);
    const QByteArrayList statements {
        "CREATE TABLE items (id int PRIMARY KEY, name text, price numeric, quantity int, note text)",
        "INSERT INTO items SELECT g, 'item ' || g, g * 1.5, g % 100, repeat('x', 40) FROM generate_series(1, " + rows
            + ") g",
        "CREATE TABLE customers (id int PRIMARY KEY, name text)",
        "INSERT INTO customers SELECT g, 'customer ' || g FROM generate_series(1, 100000) g",
        "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON UPDATE CASCADE ON DELETE "
        "CASCADE,"
        " note text)",
        "INSERT INTO orders SELECT g, 1 + g % 100000, 'order ' || g FROM generate_series(1, " + children + ") g",
        "CREATE INDEX ON orders (customer)",
        "CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text)",
        "INSERT INTO audit (what) SELECT 'old' FROM generate_series(1, 100000)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP || OLD.id); RETURN NULL; END $$",
        "CREATE TRIGGER note AFTER DELETE OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note()",
        "VACUUM ANALYZE",
    };
    for (const QByteArray& statement : statements)
        run(handle.get(), statement);
}

double directly(PGconn* handle, const QByteArray& text)
{
    QElapsedTimer timer;
    timer.start();
    run(handle, "BEGIN");
    run(handle, text);
    run(handle, "ROLLBACK");
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

/// When each phase of a preview began, in ms.
struct Phases
{
    double total = 0;
    double connected = 0;
    double run = 0;
    double captured = 0;
};

Phases preview(const PoolSource& pools, const Batch& batch, Run& run)
{
    Phases phases;
    QElapsedTimer timer;
    timer.start();
    const auto now = [&timer] { return static_cast<double>(timer.nsecsElapsed()) / 1e6; };
    RunOptions options;
    options.progress = [&](const Progress& progress) {
        if (progress.phase == Progress::Phase::Running && progress.done == 0)
            phases.connected = now();
        if (progress.phase == Progress::Phase::Capturing)
            phases.run = now();
    };
    run = previewBatch(pools, batch, options);
    phases.total = now();
    return phases;
}

template <typename T, typename Projection> T median(std::vector<T> values, Projection projection)
{
    std::ranges::sort(values, {}, projection);
    return values.at(values.size() / 2);
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
        good = good && table.way == CaptureWay::LookedUp;
    }
    return good;
}

bool measure(const Options& options, const Case& each)
{
    const QByteArray uri = inDatabase(options.uri);
    const Handle handle = connect(uri);
    SessionPools sessions(nullptr);
    const PoolSource pools = [&sessions](const Target& target) { return sessions.pool(target); };
    Batch batch;
    batch.targets = { { u"bench"_s, EngineKind::PostgreSQL, QString::fromUtf8(uri), Environment::Development, false } };
    batch.commands = { std::make_shared<RunSql>(u"bench"_s, QString::fromUtf8(each.text)) };
    Run last;
    for (int warm = 0; warm < 3; ++warm) {
        directly(handle.get(), each.text);
        preview(pools, batch, last);
    }
    std::vector<double> direct;
    std::vector<Phases> previews;
    for (int round = 0; round < options.rounds; ++round) {
        direct.push_back(directly(handle.get(), each.text));
        previews.push_back(preview(pools, batch, last));
    }
    const double base = median(direct, std::identity());
    const Phases typical = median(previews, &Phases::total);
    const double ratio = typical.total / base;
    std::printf("%-40s %9.3f ms   preview %9.3f ms   ratio %5.2f", each.name, base, typical.total, ratio);
    if (each.limit > 0)
        std::printf("   limit %.1f%s", each.limit, ratio > each.limit ? "   OVER" : "");
    std::printf("\n    the last pass began its batch at %.3f, its capture at %.3f ms\n", typical.connected,
                typical.run);
    const bool good = isGood(each, last);
    return good && (each.limit == 0 || ratio <= each.limit);
}

Options parse(int argc, char** argv)
{
    Options options;
    if (argc < 2) {
        std::fprintf(stderr, "usage: postgrespreview URI [--rows N] [--child-rows N] [--rounds N]\n");
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
    }
    return options;
}

/// `count` keys spread over the table.
QByteArray keys(const Options& options, qint64 count)
{
    QByteArrayList list;
    for (qint64 i = 0; i < count; ++i)
        list.append(QByteArray::number(1 + i * (options.rows / count)));
    return list.join(',');
}

} // namespace

int main(int argc, char** argv)
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const QCoreApplication application(argc, argv);
    const Options options = parse(argc, argv);
    fill(options);
    const QByteArray step = QByteArray::number(std::max(options.rows / 100000, qint64(1)));
    const QList<Case> cases {
        { "update of 10 rows by key",
          "UPDATE items SET quantity = quantity + 1 WHERE id = ANY ('{" + keys(options, 10) + "}')", 5 },
        { "update of 100000 rows by key",
          "UPDATE items SET quantity = quantity + 1 WHERE id = ANY (ARRAY(SELECT g * " + step
              + " FROM generate_series(1, 100000) g))",
          1.8 },
        { "delete of 10 with cascade and audit", "DELETE FROM customers WHERE id BETWEEN 5001 AND 5010", 0 },
        { "update of 20 with audit", "UPDATE orders SET note = 'new' WHERE customer BETWEEN 5001 AND 5002", 0 },
    };
    bool good = true;
    for (const Case& each : cases)
        good = measure(options, each) && good;
    run(connect(options.uri).get(), "DROP DATABASE "_ba + databaseName);
    return good ? 0 : 1;
}
