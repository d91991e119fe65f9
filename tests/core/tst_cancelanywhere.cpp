// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "support/engines.h"
#include "support/testworkbench.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>

#include <algorithm>
#include <thread>

using namespace holdpoint;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int rows = 1500;
constexpr auto longest = 20s; // for a cancelled run to end, on a busy machine

QByteArray fill(EngineKind engine)
{
    const QByteArray count = QByteArray::number(rows);
    const QByteArray numbers = engine == EngineKind::SQLite
        ? "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count
            + ") INSERT INTO parent SELECT i, i FROM n;"
        : "INSERT INTO parent SELECT i, i FROM generate_series(1, " + count + ") i;";
    return numbers + "INSERT INTO child SELECT id, id FROM parent;";
}

QByteArray empty(EngineKind engine)
{
    return engine == EngineKind::SQLite ? "DELETE FROM audit; DELETE FROM child; DELETE FROM parent;"
                                        : "TRUNCATE audit, child, parent;";
}

/// A table with a trigger, a cascade and, on PostgreSQL, a deferred constraint that takes its time.
QByteArray schema(EngineKind engine)
{
    const QByteArray tables = "CREATE TABLE parent (id INTEGER PRIMARY KEY, v INTEGER NOT NULL);"
                              "CREATE TABLE child (id INTEGER PRIMARY KEY,"
                              " parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);"
                              "CREATE INDEX child_parent ON child (parent); CREATE TABLE audit (v INTEGER);";
    if (engine == EngineKind::SQLite)
        return tables + fill(engine)
            + "CREATE TRIGGER t AFTER UPDATE ON parent BEGIN INSERT INTO audit VALUES (new.v); END;";
    return tables + fill(engine)
        + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS"
          " $$ BEGIN INSERT INTO audit VALUES (new.v); RETURN new; END $$;"
          "CREATE TRIGGER t AFTER UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION f();"
          "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
          " $$ BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END $$;"
          "CREATE CONSTRAINT TRIGGER late AFTER DELETE ON parent DEFERRABLE INITIALLY DEFERRED"
          " FOR EACH ROW EXECUTE FUNCTION slow();";
}

Batch batchOn(const TestDatabase& database)
{
    Batch batch;
    batch.targets = { database.target(u"shop"_s) };
    for (const auto& text : { u"UPDATE parent SET v = v + 1"_s, u"DELETE FROM parent WHERE id <= 3"_s,
                              u"UPDATE child SET parent = NULL WHERE id > 1000"_s })
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, text, QList<Value>(), std::nullopt));
    return batch;
}

/// Cancels after a time, from a thread of its own.
class CancelLater
{
public:
    CancelLater(const Cancellation& cancellation, std::chrono::microseconds after)
        : m_thread([cancellation, after] {
            std::this_thread::sleep_for(after);
            cancellation.cancel();
        })
    {
    }
    ~CancelLater() { m_thread.join(); }

private:
    std::thread m_thread;
};

bool ended(const QFuture<Result<Run>>& future)
{
    return QTest::qWaitFor([&] { return future.isFinished(); }, std::chrono::milliseconds(longest).count());
}

QString told(const Run& run)
{
    return outcomeName(run.outcome) + u' ' + run.cause + u' ' + (run.failure ? run.failure->error.text() : QString());
}

} // namespace

/// A run that is cancelled at any moment ends soon, rolled back, and leaves nothing open behind it.
class TestCancelAnywhere : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void previews_data() { engineRows(); }
    void previews();
    void applies_data() { engineRows(); }
    void applies();
    void undoes_data() { engineRows(); }
    void undoes();
    void whileTheSchemaIsRead();
    void whileWaitingForALock_data() { engineRows(); }
    void whileWaitingForALock();
    void whileConnecting();

private:
    using Call = std::function<QFuture<Result<Run>>(Workbench&, const RunOptions&)>;
    void cancelOften(const TestDatabase& database, const Call& call, const std::function<void()>& restore);
    static void verifyNothingIsOpen(const TestDatabase& database);

    QRandomGenerator m_random;
    int m_times = 8;
};

void TestCancelAnywhere::initTestCase()
{
    const quint32 seed = qEnvironmentVariableIsSet("HOLDPOINT_TEST_SEED")
        ? qEnvironmentVariable("HOLDPOINT_TEST_SEED").toUInt()
        : QRandomGenerator::global()->generate();
    if (qEnvironmentVariableIsSet("HOLDPOINT_TEST_BATCHES"))
        m_times = qEnvironmentVariableIntValue("HOLDPOINT_TEST_BATCHES");
    qInfo("HOLDPOINT_TEST_SEED=%u HOLDPOINT_TEST_BATCHES=%d", seed, m_times);
    m_random.seed(seed);
}

void TestCancelAnywhere::verifyNothingIsOpen(const TestDatabase& database)
{
    if (database.target({}).engine == EngineKind::SQLite) {
        database.exec("BEGIN IMMEDIATE; ROLLBACK"); // fails if the file is still locked
        return;
    }
    QTRY_COMPARE_WITH_TIMEOUT(database.scalar("SELECT coalesce(string_agg(state || ': ' || query, '; '), '') FROM"
                                              " pg_stat_activity WHERE datname = current_database()"
                                              " AND application_name = 'holdpoint' AND state <> 'idle'"),
                              QString(), 5000);
}

/// `restore` brings back the database after a run that was quicker than its cancellation.
void TestCancelAnywhere::cancelOften(const TestDatabase& database, const Call& call,
                                     const std::function<void()>& restore)
{
    const QString before = database.dump();
    const TestWorkbench bench;
    QElapsedTimer timer;
    timer.start();
    const auto whole = call(*bench, {});
    QVERIFY(ended(whole));
    QVERIFY2(whole.result().ok(), "the run does not succeed when left alone");
    const Outcome good = whole.result()->outcome;
    QVERIFY2(good == Outcome::Ready || good == Outcome::Committed, qPrintable(told(*whole.result())));
    qint64 microseconds = timer.nsecsElapsed() / 1000; // of the quickest run so far
    restore();
    int cancelled = 0;
    QHash<QString, int> phases;
    for (int i = 0; i < m_times || (cancelled == 0 && i < 4 * m_times); ++i) {
        QCOMPARE(database.dump(), before);
        timer.restart();
        RunOptions options;
        const auto phase = std::make_shared<std::atomic<int>>(-1);
        options.progress = [phase](const Progress& progress) { *phase = static_cast<int>(progress.phase); };
        const CancelLater later(options.cancellation, std::chrono::microseconds(m_random.bounded(microseconds)));
        const auto future = call(*bench, options);
        QVERIFY2(ended(future), "a cancelled run does not end");
        const auto run = future.result();
        if (!run) { // before there was a run
            QVERIFY2(run.error().isCancelled(), qPrintable(run.error().text()));
            ++cancelled;
        } else if (run->outcome == good) {
            microseconds = std::min(microseconds, timer.nsecsElapsed() / 1000);
            restore();
        } else {
            QVERIFY2(run->cause == "cancelled"_L1, qPrintable(told(*run)));
            QVERIFY2(run->outcome == Outcome::Failed || run->outcome == Outcome::RolledBack, qPrintable(told(*run)));
            ++cancelled;
            ++phases[QString::number(*phase)];
        }
        verifyNothingIsOpen(database);
    }
    QStringList seen;
    for (auto phase = phases.cbegin(); phase != phases.cend(); ++phase)
        seen.append(u"phase %1: %2"_s.arg(phase.key()).arg(*phase));
    qInfo("cancelled %d of %d in time; %s", cancelled, m_times, qPrintable(seen.join(u", "_s)));
    QVERIFY(cancelled > 0);
    const auto again = call(*bench, {});
    QVERIFY(ended(again));
    QVERIFY(again.result().ok());
    QVERIFY2(again.result()->outcome == good, qPrintable(told(*again.result())));
}

void TestCancelAnywhere::previews()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, schema(engine));
    const Batch batch = batchOn(database);
    cancelOften(
        database, [&](Workbench& bench, const RunOptions& options) { return bench.preview(batch, options); }, [] {});
}

void TestCancelAnywhere::applies()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, schema(engine));
    const Batch batch = batchOn(database);
    cancelOften(
        database, [&](Workbench& bench, const RunOptions& options) { return bench.apply(batch, {}, options); },
        [&] { database.exec(empty(engine) + fill(engine)); });
}

void TestCancelAnywhere::undoes()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, schema(engine));
    const Batch batch = batchOn(database);
    std::optional<RunId> id;
    const auto call = [&](Workbench& bench, const RunOptions& options) {
        if (!id)
            id = bench.apply(batch, {}, {}).takeResult()->id;
        return bench.undo(*id, false, options);
    };
    const TestWorkbench bench;
    const auto first = call(*bench, {});
    QVERIFY(ended(first));
    QVERIFY2(first.result().ok() && first.result()->outcome == Outcome::Ready,
             first.result().ok() ? qPrintable(told(*first.result())) : qPrintable(first.result().error().text()));
    const QString before = database.dump();
    for (int i = 0; i < m_times / 2; ++i) {
        RunOptions options;
        const CancelLater later(options.cancellation, std::chrono::microseconds(m_random.bounded(400000)));
        const auto future = call(*bench, options);
        QVERIFY2(ended(future), "a cancelled run does not end");
        const auto run = future.result();
        if (run)
            QVERIFY2(run->cause == "cancelled"_L1 || run->outcome == Outcome::Ready, qPrintable(told(*run)));
        else
            QVERIFY2(run.error().isCancelled(), qPrintable(run.error().text()));
        verifyNothingIsOpen(database);
        QCOMPARE(database.dump(), before);
    }
}

// Most of such a run is what SQLite compiles and the capture reads before the first command.
void TestCancelAnywhere::whileTheSchemaIsRead()
{
    QByteArray many = schema(EngineKind::SQLite);
    for (int i = 0; i < 200; ++i)
        many += "CREATE TABLE t" + QByteArray::number(i) + " (id INTEGER PRIMARY KEY, a, b, c CHECK (c > 0));";
    const TestDatabase database(EngineKind::SQLite, "BEGIN;" + many + "COMMIT;");
    Batch batch;
    batch.targets = { database.target(u"shop"_s) };
    batch.commands.append(
        std::make_shared<RunSql>(u"shop"_s, u"UPDATE t0 SET a = 1; -- nothing"_s, QList<Value>(), std::nullopt));
    cancelOften(
        database, [&](Workbench& bench, const RunOptions& options) { return bench.preview(batch, options); }, [] {});
}

void TestCancelAnywhere::whileWaitingForALock()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, schema(engine));
    const auto holder = openConnection(database.target(u"holder"_s), {}, nullptr);
    QVERIFY(holder.ok());
    QVERIFY((*holder)->begin(TransactionMode::Write).ok());
    QVERIFY((*holder)->query({ "UPDATE parent SET v = 0", {} }).ok());
    const TestWorkbench bench;
    RunOptions options;
    options.connection.lockTimeout = 0ms;
    options.connection.statementTimeout = 0ms;
    const auto future = bench->preview(batchOn(database), options);
    QTest::qWait(300);
    QVERIFY(!future.isFinished());
    QElapsedTimer timer;
    timer.start();
    options.cancellation.cancel();
    QVERIFY2(ended(future), "a cancelled run does not end");
    qInfo("ended %lld ms after it was cancelled", timer.elapsed());
    QVERIFY2(future.result().ok() && future.result()->cause == "cancelled"_L1, "cancelled");
    QVERIFY((*holder)->rollback().ok());
    verifyNothingIsOpen(database);
}

/// A server that takes connections and never says a word.
void TestCancelAnywhere::whileConnecting()
{
    const QByteArray mute = "import socket,sys; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(5);"
                            " print(s.getsockname()[1], flush=True); sys.stdin.read()";
    QProcess server;
    server.start(u"python3"_s, { u"-c"_s, QString::fromUtf8(mute) });
    if (!server.waitForStarted() || !server.waitForReadyRead())
        QSKIP("python3, which plays the silent server, is not installed");
    const QString uri
        = u"postgresql://nobody@127.0.0.1:%1/nothing"_s.arg(QString::fromUtf8(server.readLine().trimmed()));
    Batch batch;
    batch.targets = { { u"mute"_s, EngineKind::PostgreSQL, uri, Environment::Development, false } };
    batch.commands.append(std::make_shared<RunSql>(u"mute"_s, u"SELECT 1"_s, QList<Value>(), std::nullopt));
    const TestWorkbench bench;
    RunOptions options;
    const auto future = bench->preview(batch, options);
    QTest::qWait(200);
    QVERIFY(!future.isFinished());
    QElapsedTimer timer;
    timer.start();
    options.cancellation.cancel();
    QVERIFY2(QTest::qWaitFor([&] { return future.isFinished(); }, 2000), "it waits for the server");
    QVERIFY(future.result().ok());
    QVERIFY2(future.result()->cause == "cancelled"_L1, qPrintable(told(*future.result())));
    server.closeWriteChannel();
    server.waitForFinished();
}

QTEST_GUILESS_MAIN(TestCancelAnywhere)
#include "tst_cancelanywhere.moc"
