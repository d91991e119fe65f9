// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "execution/workbench.h"
#include "journal/runjson.h"
#include "support/shop.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <thread>

using namespace holdpoint;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What a run tells of its locks and of those who waited for it.
class TestHeldLocks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void texts_data();
    void texts();
    void secondRun();
    void sqliteHoldsTheFile();
    void strongestOfEachTable();
    void whoWaits_data();
    void whoWaits();
    void failedRunTellsThem();
    void journalKeepsThem();

private:
    [[nodiscard]] Batch batch(const TestDatabase& database, const QStringList& statements) const;
    [[nodiscard]] Run previewed(const Batch& batch) const;

    QTemporaryDir m_folder;
    std::shared_ptr<Workbench> m_workbench;
};

namespace {

QString heldText(const Run& run)
{
    if (run.targets.isEmpty() || !run.targets.first().locks)
        return u"(none)"_s;
    QStringList lines;
    for (const HeldLock& lock : run.targets.first().locks->held)
        lines.append(lock.object + u' ' + lock.mode);
    return lines.join(u'\n');
}

} // namespace

void TestHeldLocks::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    static int number = 0;
    m_workbench.reset();
    m_workbench = std::make_shared<Workbench>(
        *Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++number))).takeResult(), nullptr);
}

Batch TestHeldLocks::batch(const TestDatabase& database, const QStringList& statements) const
{
    Batch batch;
    batch.targets = { database.target(u"shop"_s) };
    for (const QString& statement : statements)
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, statement, QList<Value>(), std::nullopt));
    return batch;
}

Run TestHeldLocks::previewed(const Batch& batch) const
{
    auto run = m_workbench->preview(batch, {}).takeResult();
    if (!run)
        qFatal("%s", qUtf8Printable(run.error().text()));
    return *run;
}

void TestHeldLocks::texts_data()
{
    QTest::addColumn<HeldLocks>("locks");
    QTest::addColumn<QString>("expected");
    const HeldLock orders { u"public.orders"_s, u"RowExclusive"_s };
    const WaitingSession waiting { 7, u"app"_s, {}, u"a row"_s, 812 };
    const QList<WaitingSession> none;
    QTest::newRow("nothing") << HeldLocks { 1, 0.44, {}, none, {} } << u"held 0.4 ms; locks: none"_s;
    QTest::newRow("one table") << HeldLocks { 14, 12.4, { orders }, none, {} }
                               << u"held 12 ms; locks: public.orders RowExclusive"_s;
    QTest::newRow("one waits") << HeldLocks { 14, 12.4, { orders }, QList { waiting }, {} }
                               << u"held 12 ms; locks: public.orders RowExclusive; 1 session waited"_s;
    QTest::newRow("two wait") << HeldLocks { 99000, 98765, { orders }, QList { waiting, waiting }, {} }
                              << u"held 98.8 s; locks: public.orders RowExclusive; 2 sessions waited"_s;
    QTest::newRow("many tables") << HeldLocks { 1, 1, { orders, orders, orders, orders, orders, orders }, none, {} }
                                 << u"held 1.0 ms; locks: public.orders RowExclusive, public.orders RowExclusive,"
                                    " public.orders RowExclusive, public.orders RowExclusive, 2 more"_s;
    QTest::newRow("unknown") << HeldLocks { 1, 1, {}, {}, u"the connection is gone"_s }
                             << u"held 1.0 ms; locks: unknown (the connection is gone)"_s;
}

void TestHeldLocks::texts()
{
    QFETCH(HeldLocks, locks);
    QFETCH(QString, expected);
    QCOMPARE(locksText(locks), expected);
}

void TestHeldLocks::secondRun()
{
    HeldLocks locks { 5, 4, {}, QList { WaitingSession { 1, {}, {}, {}, 10 } }, {} };
    const HeldLocks second {
        4, 6, {}, QList { WaitingSession { 1, {}, {}, {}, 30 }, WaitingSession { 2, {}, {}, {}, 5 } }, {}
    };
    addSecondRun(locks, second);
    QCOMPARE(locks.openMilliseconds, 5.0);
    QCOMPARE(locks.heldMilliseconds, 6.0);
    QCOMPARE(locks.waiting, second.waiting);
    QCOMPARE(waitingText(WaitingSession { 7, u"app"_s, u"psql"_s, u"a row of public.orders"_s, 812 }),
             u"pid 7, app, psql: waited 812 ms for a row of public.orders"_s);
}

void TestHeldLocks::sqliteHoldsTheFile()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    const Run run = previewed(batch(database, { u"UPDATE orders SET total = total + 1"_s }));
    QCOMPARE(heldText(run), u"test.db write"_s);
    const HeldLocks& locks = *run.targets.first().locks;
    QVERIFY(locks.heldMilliseconds > 0);
    QCOMPARE(locks.heldMilliseconds, locks.openMilliseconds);
    QVERIFY(!locks.waiting);
}

void TestHeldLocks::strongestOfEachTable()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, R"(
        CREATE TABLE read (i int); CREATE TABLE written (i int); CREATE TABLE altered (i int);
        CREATE SCHEMA other; CREATE TABLE other.locked (i int))");
    const Run run = previewed(
        batch(database,
              { u"SELECT * FROM read, written"_s, u"UPDATE written SET i = 1"_s, u"ALTER TABLE altered ADD j int"_s,
                u"LOCK TABLE other.locked IN SHARE MODE"_s, u"CREATE TABLE new (i int)"_s }));
    QCOMPARE(run.outcome, Outcome::Ready);
    QCOMPARE(heldText(run), u"public.altered AccessExclusive\nother.locked Share\npublic.written RowExclusive"_s);
    const HeldLocks& locks = *run.targets.first().locks;
    QVERIFY(locks.heldMilliseconds > 0 && locks.heldMilliseconds <= locks.openMilliseconds);
    QVERIFY(locks.waiting && locks.waiting->isEmpty());
}

void TestHeldLocks::whoWaits_data()
{
    QTest::addColumn<QByteArray>("statement");
    QTest::addColumn<QString>("waitsFor");
    QTest::newRow("a row")
        << "SET application_name = 'other'; UPDATE t SET v = 7 WHERE i = 1; INSERT INTO done VALUES (1)"_ba
        << u"a row of public.t"_s;
    QTest::newRow("a table")
        << "SET application_name = 'other'; ALTER TABLE t ADD w int; INSERT INTO done VALUES (1)"_ba
        << u"AccessExclusive on public.t"_s;
}

void TestHeldLocks::whoWaits()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    QFETCH(QByteArray, statement);
    QFETCH(QString, waitsFor);
    const TestDatabase database(EngineKind::PostgreSQL,
                                "CREATE TABLE t (i int PRIMARY KEY, v int);"
                                "INSERT INTO t VALUES (1, 1), (2, 2); CREATE TABLE done (i int)");
    const auto waiting = [&] {
        return database.scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                               "application_name = 'other'"
                               " AND wait_event_type = 'Lock'")
            == "1"_L1;
    };
    // The run goes on only when the other session waits; its second pass, when that one has done its work.
    const Batch slow = batch(
        database,
        { u"UPDATE t SET v = 0"_s,
          u"DO $$ BEGIN FOR n IN 1..400 LOOP EXIT WHEN EXISTS (SELECT FROM done) OR EXISTS (SELECT FROM pg_locks JOIN"
          " pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database());"
          " PERFORM pg_sleep(0.05); END LOOP; PERFORM pg_sleep(0.1); END $$"_s });
    std::thread other([&] {
        while (database.scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                               " AND application_name = 'holdpoint' AND query LIKE 'DO %' AND state = 'active'")
               != "1"_L1)
            std::this_thread::sleep_for(20ms);
        database.exec(statement);
    });
    const auto run = m_workbench->preview(slow, {}).takeResult();
    other.join();
    QVERIFY(run.ok());
    const std::optional<HeldLocks>& locks = run->targets.first().locks;
    QVERIFY(locks);
    QCOMPARE(locks->unknown, QString());
    QVERIFY(locks->waiting && !locks->waiting->isEmpty());
    const WaitingSession& session = locks->waiting->first();
    QCOMPARE(session.application, u"other"_s);
    QCOMPARE(session.user, u"postgres"_s);
    QCOMPARE(session.waitsFor, waitsFor);
    QVERIFY2(session.pid > 0 && session.milliseconds.value_or(0) > 0, qPrintable(waitingText(session)));
    QVERIFY(!waiting());
}

void TestHeldLocks::failedRunTellsThem()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, shopSql(EngineKind::PostgreSQL));
    Batch failing = batch(database, { u"UPDATE orders SET total = 0"_s, u"SELECT 1 / 0"_s });
    const auto run = m_workbench->apply(failing, u"sha256:0"_s, {}).takeResult();
    QVERIFY(run.ok());
    QCOMPARE(run->outcome, Outcome::RolledBack);
    QVERIFY2(heldText(*run).contains("public.orders RowExclusive"_L1), qPrintable(heldText(*run)));
}

void TestHeldLocks::journalKeepsThem()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    const Run run = previewed(batch(database, { u"DELETE FROM notes"_s }));
    const auto kept = m_workbench->journal().run(run.id).takeResult();
    QVERIFY(kept.ok());
    QCOMPARE(kept->targets.first().locks, run.targets.first().locks);
    const QJsonArray locks = QJsonDocument::fromJson(runToJson(run)).object().value("locks"_L1).toArray();
    QCOMPARE(locks.size(), 1);
    const QJsonObject shop = locks.first().toObject();
    QCOMPARE(shop.value("target"_L1), u"shop"_s);
    QCOMPARE(shop.value("held"_L1).toArray().first().toObject().value("mode"_L1), u"write"_s);
    QVERIFY(shop.value("waiting"_L1).isNull());
    QVERIFY(shop.value("held_ms"_L1).toDouble() > 0);
}

QTEST_GUILESS_MAIN(TestHeldLocks)
#include "tst_heldlocks.moc"
