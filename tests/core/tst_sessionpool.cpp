// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionpool.h"
#include "session/sessionpools.h"
#include "support/engines.h"

#include <thread>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_SessionPool : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readersCannotWrite_data() { engineRows(); }
    void readersCannotWrite();
    void oneWriterAtATime_data() { engineRows(); }
    void oneWriterAtATime();
    void manyWritersIfAsked_data() { engineRows(); }
    void manyWritersIfAsked();
    void waitingForTheWriterCanBeCancelled_data() { engineRows(); }
    void waitingForTheWriterCanBeCancelled();
    void readOnlyTargetsHaveNoWriter_data() { engineRows(); }
    void readOnlyTargetsHaveNoWriter();
    void anUnreachableTargetLeavesTheWriterFree();
    void aBrokenSessionIsNotLentAgain();
    void aSessionOfItsOwnIsNotLentAgain();
    void oneDatabaseHasOnePool();
};

namespace {

const QByteArray setUp = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a');"_ba;

SessionPool poolOf(const TestDatabase& database,
                   SessionPool::WriteExclusivity exclusivity = SessionPool::WriteExclusivity::One)
{
    return SessionPool(database.target(u"db"_s), nullptr, exclusivity);
}

Result<Rowset> run(const SessionLease& lease, const QByteArray& sql)
{
    return lease->run([sql](Connection& connection) { return connection.query({ sql, {} }); }).takeResult();
}

} // namespace

void tst_SessionPool::readersCannotWrite()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const SessionPool pool = poolOf(database);
    const auto reader = pool.reader({});
    QVERIFY(reader.ok());
    QVERIFY(run(*reader, "SELECT v FROM t"_ba).ok());
    QVERIFY(!run(*reader, "UPDATE t SET v = 'b'"_ba).ok());
    QCOMPARE(database.scalar("SELECT v FROM t"), u"a"_s);
}

void tst_SessionPool::oneWriterAtATime()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const SessionPool pool = poolOf(database);
    std::atomic<int> writing = 0;
    std::atomic<int> most = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 5; ++round) {
                const auto writer = pool.writer({});
                if (!writer)
                    qFatal("%s", qUtf8Printable(writer.error().text()));
                const int now = ++writing;
                most = std::max(most.load(), now);
                if (const auto written = run(*writer, "UPDATE t SET v = v || 'x'"_ba); !written)
                    qFatal("%s", qUtf8Printable(written.error().text()));
                --writing;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(most.load(), 1);
    QCOMPARE(database.scalar("SELECT v FROM t"), u'a' + QString(20, u'x'));
}

void tst_SessionPool::manyWritersIfAsked()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const SessionPool pool = poolOf(database, SessionPool::WriteExclusivity::Many);
    const auto first = pool.writer({});
    const auto second = pool.writer({});
    QVERIFY(first.ok() && second.ok());
    QVERIFY(&**first != &**second);
}

void tst_SessionPool::waitingForTheWriterCanBeCancelled()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const SessionPool pool = poolOf(database);
    const auto first = pool.writer({});
    QVERIFY(first.ok());
    const Cancellation cancellation;
    std::thread canceller([&] {
        QThread::msleep(50);
        cancellation.cancel();
    });
    const auto second = pool.writer({}, cancellation);
    canceller.join();
    QVERIFY(!second.ok());
    QVERIFY(second.error().isCancelled());
}

void tst_SessionPool::readOnlyTargetsHaveNoWriter()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    Target target = database.target(u"db"_s);
    target.readOnly = true;
    const SessionPool pool(target, nullptr);
    const auto writer = pool.writer({});
    QVERIFY(!writer.ok());
    QCOMPARE(writer.error().kind, ErrorKind::Unreachable);
    QVERIFY(writer.error().message.contains(u"read-only"_s));
    QVERIFY(pool.reader({}).ok());
}

void tst_SessionPool::anUnreachableTargetLeavesTheWriterFree()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"later.db"_s);
    const SessionPool pool({ u"later"_s, EngineKind::SQLite, path, Environment::Development, false }, nullptr);
    const auto missing = pool.writer({});
    QVERIFY(!missing.ok());
    QCOMPARE(missing.error().kind, ErrorKind::Unreachable);
    QVERIFY(missing.error().text().contains(path));
    ConnectionOptions creating;
    creating.create = true;
    QVERIFY(pool.writer(creating).ok());
}

void tst_SessionPool::aBrokenSessionIsNotLentAgain()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, setUp);
    const SessionPool pool = poolOf(database);
    const auto pid
        = [&] { return run(*pool.writer({}), "SELECT pg_backend_pid()"_ba)->rows.first().first().toInteger(); };
    const qint64 first = pid();
    QCOMPARE(pid(), first);
    database.exec("SELECT pg_terminate_backend("_ba + QByteArray::number(first) + ')');
    QTRY_COMPARE(database.scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = "_ba + QByteArray::number(first)),
                 u"0"_s);
    QVERIFY(pid() != first);
}

void tst_SessionPool::aSessionOfItsOwnIsNotLentAgain()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, setUp);
    const SessionPool pool = poolOf(database);
    const auto pid = [&](const ConnectionOptions& options) {
        return run(*pool.writer(options), "SELECT pg_backend_pid()"_ba)->rows.first().first().toInteger();
    };
    ConnectionOptions own;
    own.ofItsOwn = true;
    const qint64 shared = pid({});
    const qint64 first = pid(own);
    QVERIFY(first != shared);
    QVERIFY(pid(own) != first);
    QCOMPARE(pid({}), shared);
}

void tst_SessionPool::oneDatabaseHasOnePool()
{
    SessionPools pools(nullptr);
    const Target first { u"a"_s, EngineKind::SQLite, u"/tmp/x.db"_s, Environment::Development, false };
    Target renamed = first;
    renamed.name = u"b"_s;
    Target other = first;
    other.address = u"/tmp/y.db"_s;
    QCOMPARE(pools.pool(first), pools.pool(renamed));
    QVERIFY(pools.pool(first) != pools.pool(other));
}

QTEST_GUILESS_MAIN(tst_SessionPool)
#include "tst_sessionpool.moc"
