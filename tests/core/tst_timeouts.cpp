// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "execution/workbench.h"
#include "session/givensecrets.h"
#include "support/engines.h"

#include <QElapsedTimer>
#include <QUrl>

using namespace holdpoint;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Batch batchOf(const Target& target, const QString& sql)
{
    Batch batch;
    batch.targets = { target };
    batch.commands.append(std::make_shared<RunSql>(target.name, sql, QList<Value>(), std::nullopt));
    return batch;
}

} // namespace

/// The lock and statement time-outs of a run, which also bound what it reads for itself.
class TestTimeouts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void defaults();
    void aLock_data() { engineRows(); }
    void aLock();
    void aStatement_data() { engineRows(); }
    void aStatement();
    void readingTheEffects_data() { engineRows(); }
    void readingTheEffects();

private:
    [[nodiscard]] Run previewed(const Batch& batch, const ConnectionOptions& options,
                                const std::shared_ptr<SecretSource>& secrets = nullptr) const;

    QTemporaryDir m_folder;
};

Run TestTimeouts::previewed(const Batch& batch, const ConnectionOptions& options,
                            const std::shared_ptr<SecretSource>& secrets) const
{
    static int number = 0;
    Workbench workbench(*Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++number))).takeResult(), secrets);
    RunOptions runOptions;
    runOptions.connection = options;
    auto run = workbench.preview(batch, runOptions).takeResult();
    if (!run)
        qFatal("%s", qUtf8Printable(run.error().text()));
    return *run;
}

void TestTimeouts::defaults()
{
    QCOMPARE(ConnectionOptions().lockTimeout, 5s);
    QCOMPARE(ConnectionOptions().statementTimeout, 60s);
}

void TestTimeouts::aLock()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, "CREATE TABLE t (i int); INSERT INTO t VALUES (1)");
    const auto holder = openConnection(database.target(u"holder"_s), {}, nullptr);
    QVERIFY(holder.ok());
    QVERIFY((*holder)->begin(TransactionMode::Write).ok());
    QVERIFY((*holder)->query({ "UPDATE t SET i = 2", {} }).ok());
    QElapsedTimer timer;
    timer.start();
    const Run run = previewed(batchOf(database.target(u"shop"_s), u"UPDATE t SET i = 3"_s), { .lockTimeout = 200ms });
    QCOMPARE(run.outcome, Outcome::Failed);
    QVERIFY(run.failure && run.failure->error.kind == ErrorKind::Timeout);
    QVERIFY2(timer.elapsed() >= 200 && timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
}

void TestTimeouts::aStatement()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, "CREATE TABLE t (i int)");
    const QString endless = engine == EngineKind::SQLite
        ? u"INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n WHERE i = 2"_s
        : u"INSERT INTO t SELECT 1 FROM pg_sleep(600)"_s;
    const Run run = previewed(batchOf(database.target(u"shop"_s), endless), { .statementTimeout = 300ms });
    QCOMPARE(run.outcome, Outcome::Failed);
    QVERIFY(run.failure && run.failure->error.kind == ErrorKind::Timeout);
    QCOMPARE(run.cause, u"statement-timeout"_s);
}

/// The statement is quick; to read what it did is not.
void TestTimeouts::readingTheEffects()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine,
                                engine == EngineKind::SQLite ? R"(
        CREATE TABLE t (i INTEGER PRIMARY KEY, slow AS (length(hex(zeroblob(i + 400000))))))"_ba
                                                             : R"(
        CREATE TABLE t (i int PRIMARY KEY); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
        CREATE FUNCTION slow() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN true; END $$;
        CREATE POLICY reads ON t FOR SELECT USING (slow()); CREATE POLICY writes ON t FOR INSERT WITH CHECK (true);
        GRANT SELECT, INSERT ON t TO holdpoint_pw)"_ba);
    const QString insert = engine == EngineKind::SQLite
        ? u"INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"_s
        : u"INSERT INTO t SELECT i FROM generate_series(1, 2000) i"_s;
    Target target = database.target(u"shop"_s);
    const auto secrets = std::make_shared<GivenSecrets>();
    if (engine == EngineKind::PostgreSQL) {
        QUrl uri(target.address);
        uri.setUserName(u"holdpoint_pw"_s);
        target.address = uri.toString(QUrl::FullyEncoded);
        secrets->give(target, TestPostgres::passwordOfRole());
    }
    QElapsedTimer timer;
    timer.start();
    const Run run = previewed(batchOf(target, insert), { .statementTimeout = 1s }, secrets);
    QCOMPARE(run.outcome, Outcome::Failed);
    QVERIFY2(run.failure && run.failure->error.kind == ErrorKind::Timeout,
             run.failure ? qPrintable(run.failure->error.text()) : "");
    QCOMPARE(run.cause, u"statement-timeout"_s);
    QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(database.scalar("SELECT count(*) FROM t"), u"0"_s);
}

QTEST_GUILESS_MAIN(TestTimeouts)
#include "tst_timeouts.moc"
