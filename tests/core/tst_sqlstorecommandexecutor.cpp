// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/sqlstorecommandexecutor.h"
#include "support/engines.h"
#include "support/functioncommand.h"

#include <thread>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_SqlStoreCommandExecutor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commitsAll_data() { engineRows(); }
    void commitsAll();
    void stopsAtTheFirstErrorAndNamesIt_data() { engineRows(); }
    void stopsAtTheFirstErrorAndNamesIt();
    void namesTheCommandFarBehind_data() { engineRows(); }
    void namesTheCommandFarBehind();
    void aGuardThatIsNotMetFails_data() { engineRows(); }
    void aGuardThatIsNotMetFails();
    void anErrorOfTheCommandItselfFails_data() { engineRows(); }
    void anErrorOfTheCommandItselfFails();
    void keepsWhatTheRollbackSaid();
    void executesFromManyThreadsWithOneWriter_data() { engineRows(); }
    void executesFromManyThreadsWithOneWriter();
    void canBeCancelled_data() { engineRows(); }
    void canBeCancelled();
};

namespace {

const QByteArray setUp = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL);"_ba;

std::shared_ptr<SessionPool> poolOf(const TestDatabase& database)
{
    return std::make_shared<SessionPool>(database.target(u"db"_s), nullptr);
}

StoreCommandPtr insert(int id)
{
    return FunctionCommand::sql(u"db"_s, "INSERT INTO t VALUES ("_ba + QByteArray::number(id) + ", 'x')", 1);
}

QString count(const TestDatabase& database)
{
    return database.scalar("SELECT count(*) FROM t");
}

} // namespace

void tst_SqlStoreCommandExecutor::commitsAll()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    SqlStoreCommandExecutor executor(poolOf(database));
    const ExecutionResult result
        = executor.execute({ insert(1), insert(2), FunctionCommand::sql(u"db"_s, "UPDATE t SET v = 'y'"_ba) });
    QVERIFY(!result.failure);
    QCOMPARE(result.end, CommitEnd::Committed);
    QCOMPARE(result.rows, (QList<qint64> { 1, 1, 2 }));
    QCOMPARE(database.scalar("SELECT count(*) FROM t WHERE v = 'y'"), u"2"_s);
}

void tst_SqlStoreCommandExecutor::stopsAtTheFirstErrorAndNamesIt()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    SqlStoreCommandExecutor executor(poolOf(database));
    const ExecutionResult result = executor.execute({ insert(1), insert(1), insert(2), insert(2) });
    QVERIFY(result.failure.has_value());
    QCOMPARE(result.failure->command, std::optional(1));
    QCOMPARE(result.failure->commandText, u"INSERT INTO t VALUES (1, 'x')"_s);
    QCOMPARE(result.failure->cause.kind, ErrorKind::Statement);
    QVERIFY(result.failure->cause.message.contains(u"unique"_s, Qt::CaseInsensitive));
    QVERIFY(!result.failure->rollbackError);
    QCOMPARE(result.end, CommitEnd::RolledBack);
    QCOMPARE(result.rows, QList<qint64> { 1 });
    QCOMPARE(count(database), u"0"_s);
}

void tst_SqlStoreCommandExecutor::namesTheCommandFarBehind()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    QList<StoreCommandPtr> commands;
    for (int id = 0; id < 2000; ++id)
        commands.append(insert(id == 1234 ? 7 : id));
    SqlStoreCommandExecutor executor(poolOf(database));
    const ExecutionResult result = executor.execute(commands);
    QVERIFY(result.failure.has_value());
    QCOMPARE(result.failure->command, std::optional(1234));
    QCOMPARE(count(database), u"0"_s);
}

void tst_SqlStoreCommandExecutor::aGuardThatIsNotMetFails()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    SqlStoreCommandExecutor executor(poolOf(database));
    const ExecutionResult result = executor.execute(
        { insert(1), FunctionCommand::sql(u"db"_s, "UPDATE t SET v = 'y' WHERE id = 4"_ba, 1), insert(4) });
    QVERIFY(result.failure.has_value());
    QCOMPARE(result.failure->command, std::optional(1));
    QCOMPARE(result.failure->cause.kind, ErrorKind::Guard);
    QCOMPARE(count(database), u"0"_s);
}

void tst_SqlStoreCommandExecutor::anErrorOfTheCommandItselfFails()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const auto refusing = std::make_shared<FunctionCommand>(
        u"db"_s, u"refuse"_s, [](CommandContext&) -> Result<void> { return makeError(ErrorKind::Usage, u"no"_s); });
    SqlStoreCommandExecutor executor(poolOf(database));
    const ExecutionResult result = executor.execute({ insert(1), refusing });
    QVERIFY(result.failure.has_value());
    QCOMPARE(result.failure->command, std::optional(1));
    QCOMPARE(result.failure->cause.message, u"no"_s);
    QCOMPARE(count(database), u"0"_s);
}

void tst_SqlStoreCommandExecutor::keepsWhatTheRollbackSaid()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, setUp);
    const auto killer = std::make_shared<FunctionCommand>(u"db"_s, u"kill"_s, [&](CommandContext&) {
        database.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND pid <> pg_backend_pid()");
        return Result<void>();
    });
    SqlStoreCommandExecutor executor(poolOf(database));
    const ExecutionResult result = executor.execute({ insert(1), killer, insert(2) });
    QVERIFY(result.failure.has_value());
    QCOMPARE(result.failure->cause.kind, ErrorKind::ConnectionLost);
    QVERIFY(result.failure->rollbackError.has_value());
    QCOMPARE(count(database), u"0"_s);
}

void tst_SqlStoreCommandExecutor::executesFromManyThreadsWithOneWriter()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const auto pool = poolOf(database);
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int round = 0; round < 5; ++round) {
                SqlStoreCommandExecutor executor(pool);
                const ExecutionResult result = executor.execute({ insert(thread * 100 + round) });
                failures += result.failure.has_value();
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(failures.load(), 0);
    QCOMPARE(count(database), u"20"_s);
}

void tst_SqlStoreCommandExecutor::canBeCancelled()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    const Cancellation cancellation;
    const QByteArray endless = engine == EngineKind::PostgreSQL
        ? "SELECT pg_sleep(60)"_ba
        : "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"_ba;
    std::thread canceller([&] {
        QThread::msleep(200);
        cancellation.cancel();
    });
    SqlStoreCommandExecutor executor(poolOf(database), {}, cancellation);
    const ExecutionResult result = executor.execute({ insert(1), FunctionCommand::sql(u"db"_s, endless) });
    canceller.join();
    QVERIFY(result.failure.has_value());
    QVERIFY(result.failure->cause.isCancelled());
    QCOMPARE(result.end, CommitEnd::RolledBack);
    QCOMPARE(count(database), u"0"_s);
}

QTEST_GUILESS_MAIN(tst_SqlStoreCommandExecutor)
#include "tst_sqlstorecommandexecutor.moc"
