// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "support/engines.h"
#include "support/testworkbench.h"

#include <atomic>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE totals (id INTEGER PRIMARY KEY, total INTEGER, at TEXT);
    INSERT INTO totals VALUES (1, 0, ''), (2, 0, '');
    CREATE TABLE parts (id INTEGER PRIMARY KEY, amount INTEGER);
    INSERT INTO parts VALUES (1, 10), (2, 20);
)sql";

const QByteArray somebodyElses = "UPDATE parts SET amount = amount + 1 WHERE id = 2";

} // namespace

/// What somebody else commits between the two passes of a preview.
class TestTwoMoments : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void undisturbed_data();
    void undisturbed();
    void readValue_data() { engineRows(); }
    void readValue();
    void changedRow_data() { engineRows(); }
    void changedRow();
    void emptiedTable();
    void replacedFile();
    void worldAsItIs_data();
    void worldAsItIs();
    void everyTime_data() { engineRows(); }
    void everyTime();
    void byChance_data() { engineRows(); }
    void byChance();
    void nothingIsLeftOpen();
    void fewConnections();
    void keptSessionIsLost();
    void cancelledBetween_data() { engineRows(); }
    void cancelledBetween();

private:
    [[nodiscard]] Batch batchOf(const TestDatabase& database, const QString& changing) const;
    /// Calls `work` as each pass but the first begins, with its number.
    [[nodiscard]] static RunOptions between(const std::function<void(int pass)>& work);
};

/// The row gets a sum of what others change, and a value that differs each time.
Batch TestTwoMoments::batchOf(const TestDatabase& database, const QString& changing) const
{
    Batch batch;
    batch.targets = { database.target(u"shop"_s) };
    batch.commands.append(std::make_shared<RunSql>(
        u"shop"_s,
        u"UPDATE totals SET total = total + (SELECT sum(amount) FROM parts), at = %1 WHERE id = 1"_s.arg(changing)));
    return batch;
}

RunOptions TestTwoMoments::between(const std::function<void(int)>& work)
{
    return countingPasses(std::make_shared<std::atomic<int>>(0), [work](int pass) {
        if (pass > 1)
            work(pass);
    });
}

constexpr auto clockOf = [](EngineKind engine) {
    return engine == EngineKind::SQLite ? u"datetime('now')"_s : u"clock_timestamp()::text"_s;
};

void TestTwoMoments::undisturbed_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("more");
    QTest::newRow("SQLite") << EngineKind::SQLite << QByteArray();
    QTest::newRow("SQLite, WAL") << EngineKind::SQLite << QByteArray("PRAGMA journal_mode=WAL;");
    if (TestPostgres::available())
        QTest::newRow("PostgreSQL") << EngineKind::PostgreSQL << QByteArray();
}

void TestTwoMoments::undisturbed()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, more);
    const TestDatabase database(engine, shop + more);
    int passes = 1;
    const auto preview = TestWorkbench()
                             ->preview(batchOf(database, clockOf(engine)), between([&](int pass) { passes = pass; }))
                             .takeResult();
    QVERIFY(preview.ok());
    QVERIFY2(preview->outcome == Outcome::Ready,
             qUtf8Printable(preview->failure ? preview->failure->error.text() : QString()));
    QCOMPARE(preview->effects.constFirst().cautions.size(), 0);
    QCOMPARE(passes, 2);
}

void TestTwoMoments::readValue()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shop);
    const Batch batch = batchOf(database, clockOf(engine));
    const TestWorkbench bench;
    int passes = 0;
    const auto preview = bench
                             ->preview(batch, between([&](int pass) {
                                           passes = pass;
                                           if (pass == 2)
                                               database.exec(somebodyElses);
                                       }))
                             .takeResult();
    QVERIFY(preview.ok());
    QCOMPARE(preview->outcome, Outcome::Ready);
    const auto& rows = preview->effects.constFirst().tables.constFirst().rows;
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.at(0).volatileColumns, QList<int> { 2 });
    if (engine == EngineKind::PostgreSQL) { // both in one world, which is no longer the database's
        QCOMPARE(passes, 2);
        QCOMPARE(rows.at(0).after.at(1).display(), u"30"_s);
        const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
        QVERIFY(applied.ok());
        QCOMPARE(applied->cause, u"drift"_s);
        QCOMPARE(database.scalar("SELECT total FROM totals WHERE id = 1"), u"0"_s);
        return;
    }
    QCOMPARE(passes, 4); // the first one again, and the second
    QCOMPARE(rows.at(0).after.at(1).display(), u"31"_s);
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QCOMPARE(applied->outcome, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT total FROM totals WHERE id = 1"), u"31"_s);
}

void TestTwoMoments::changedRow()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shop);
    const Batch batch = batchOf(database, clockOf(engine));
    const TestWorkbench bench;
    const auto preview = bench
                             ->preview(batch, between([&](int pass) {
                                           if (pass == 2)
                                               database.exec("UPDATE totals SET total = 100 WHERE id = 1");
                                       }))
                             .takeResult();
    QVERIFY(preview.ok());
    QVERIFY2(preview->outcome == Outcome::Ready, qUtf8Printable(preview->cause));
    const auto& rows = preview->effects.constFirst().tables.constFirst().rows;
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.at(0).before.at(1).display(), u"100"_s);
    QCOMPARE(rows.at(0).after.at(1).display(), u"130"_s);
    QCOMPARE(rows.at(0).volatileColumns, QList<int> { 2 });
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QCOMPARE(applied->outcome, Outcome::Committed);
}

/// Snapshots do not heed TRUNCATE.
void TestTwoMoments::emptiedTable()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, shop);
    int passes = 0;
    const auto preview = TestWorkbench()
                             ->preview(batchOf(database, clockOf(EngineKind::PostgreSQL)), between([&](int pass) {
                                           passes = pass;
                                           if (pass == 2)
                                               database.exec("TRUNCATE parts; INSERT INTO parts VALUES (1, 5)");
                                       }))
                             .takeResult();
    QVERIFY(preview.ok());
    QCOMPARE(preview->outcome, Outcome::Ready);
    QCOMPARE(passes, 4);
    const auto& rows = preview->effects.constFirst().tables.constFirst().rows;
    QCOMPARE(rows.at(0).after.at(1).display(), u"5"_s);
    QCOMPARE(rows.at(0).volatileColumns, QList<int> { 2 });
}

/// The second pass opens another file than the first one did.
void TestTwoMoments::replacedFile()
{
    const TestDatabase database(EngineKind::SQLite, shop);
    const TestSqlite other(QByteArray(shop) + "UPDATE parts SET amount = amount + 100;");
    const TestWorkbench bench;
    const Batch batch = batchOf(database, clockOf(EngineKind::SQLite));
    int passes = 1;
    const auto preview
        = bench
              ->preview(batch, between([&](int pass) {
                            passes = pass;
                            if (pass == 2)
                                QVERIFY(std::rename(qPrintable(other.path()), qPrintable(batch.targets.at(0).address))
                                        == 0);
                        }))
              .takeResult();
    QVERIFY(preview.ok());
    QVERIFY2(preview->outcome == Outcome::Ready,
             qUtf8Printable(preview->failure ? preview->failure->error.text() : QString()));
    QVERIFY(passes > 2);
    const auto& rows = preview->effects.constFirst().tables.constFirst().rows;
    QCOMPARE(rows.at(0).after.at(1).display(), u"230"_s);
    QCOMPARE(rows.at(0).volatileColumns, QList<int> { 2 });
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QCOMPARE(applied->outcome, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT total FROM totals WHERE id = 1"), u"230"_s);
}

void TestTwoMoments::worldAsItIs_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<bool>("disturbed");
    const QString sum = u"(SELECT sum(amount) FROM parts)"_s;
    const QStringList rewriting { u"TRUNCATE totals"_s,
                                  u"INSERT INTO totals VALUES (1, %1, clock_timestamp()::text)"_s.arg(sum) };
    const QStringList telling { u"UPDATE totals SET total = %1, at = pg_current_snapshot()::text WHERE id = 1"_s.arg(
        sum) };
    for (const bool disturbed : { false, true }) {
        QTest::addRow("rewriting, %s", disturbed ? "disturbed" : "quiet") << rewriting << disturbed;
        QTest::addRow("telling the snapshot, %s", disturbed ? "disturbed" : "quiet") << telling << disturbed;
    }
}

/// Where the second pass cannot begin in the first one's snapshot, it is said if others have committed anything.
void TestTwoMoments::worldAsItIs()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    QFETCH(QStringList, statements);
    QFETCH(bool, disturbed);
    const TestDatabase database(EngineKind::PostgreSQL, shop);
    Batch batch = batchOf(database, u"''"_s);
    batch.commands.clear();
    for (const QString& statement : std::as_const(statements))
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, statement));
    const TestWorkbench bench;
    const auto isOtherWorld = [](const Caution& caution) { return caution.code == "other-world"_L1; };
    bool isSaid = !disturbed;
    constexpr int attempts = 100; // other tests' databases have the same transaction ids
    for (int i = 0; i < attempts && isSaid != disturbed; ++i) {
        int passes = 1;
        const auto preview = bench
                                 ->preview(batch, between([&](int pass) {
                                               passes = pass;
                                               if (disturbed)
                                                   database.exec(somebodyElses);
                                           }))
                                 .takeResult();
        QVERIFY(preview.ok());
        QVERIFY2(preview->outcome == Outcome::Ready,
                 qUtf8Printable(preview->failure ? preview->failure->error.text() : QString()));
        QCOMPARE(passes, 2);
        isSaid = std::ranges::any_of(preview->effects.constFirst().cautions, isOtherWorld);
        QVERIFY(isSaid || !disturbed);
    }
    QCOMPARE(isSaid, disturbed);
}

/// It does not go on for ever.
void TestTwoMoments::everyTime()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shop);
    int passes = 0;
    const auto preview = TestWorkbench()
                             ->preview(batchOf(database, clockOf(engine)), between([&](int pass) {
                                           passes = pass;
                                           database.exec("UPDATE totals SET total = total + 1 WHERE id = 1");
                                       }))
                             .takeResult();
    QVERIFY(preview.ok());
    QCOMPARE(preview->outcome, Outcome::Ready);
    QCOMPARE(preview->effects.constFirst().cautions.constLast().code, u"other-world"_s);
    QVERIFY2(passes >= 4 && passes <= 12, qPrintable(QString::number(passes)));
}

void TestTwoMoments::byChance()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shop);
    const Batch batch = batchOf(database, u"CAST(random() AS TEXT)"_s);
    const auto preview
        = TestWorkbench()->preview(batch, between([&](int) { database.exec(somebodyElses); })).takeResult();
    QVERIFY(preview.ok());
    QCOMPARE(preview->outcome, Outcome::Ready);
    const auto& rows = preview->effects.constFirst().tables.constFirst().rows;
    QVERIFY(rows.at(0).volatileColumns.contains(2));
    if (engine == EngineKind::PostgreSQL)
        QVERIFY(!rows.at(0).volatileColumns.contains(1));
}

void TestTwoMoments::nothingIsLeftOpen()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, shop);
    const TestWorkbench bench;
    for (int i = 0; i < 3; ++i) {
        const auto preview = bench->preview(batchOf(database, clockOf(EngineKind::PostgreSQL)), {}).takeResult();
        QVERIFY(preview.ok());
        QCOMPARE(preview->outcome, Outcome::Ready);
        QCOMPARE(database.scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                 " AND (state LIKE 'idle in%' OR backend_xmin IS NOT NULL)"
                                 " AND pid <> pg_backend_pid()"),
                 u"0"_s);
    }
    QCOMPARE(database.scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                             " AND application_name = 'holdpoint'"),
             u"4"_s); // two sessions and their companions, lent again each time
}

/// A role that may not have a second session has its preview all the same.
void TestTwoMoments::fewConnections()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, shop);
    database.exec("CREATE ROLE holdpoint_few LOGIN CONNECTION LIMIT 2; GRANT ALL ON ALL TABLES IN SCHEMA public"
                  " TO holdpoint_few; GRANT pg_read_all_stats TO holdpoint_few");
    Batch batch = batchOf(database, clockOf(EngineKind::PostgreSQL));
    batch.targets[0].address.replace("postgres@"_L1, "holdpoint_few@"_L1);
    QVERIFY(batch.targets.at(0).address.contains("holdpoint_few"_L1));
    std::optional<TestWorkbench> bench(std::in_place);
    const auto preview = (*bench)->preview(batch, {}).takeResult();
    QVERIFY(preview.ok());
    QVERIFY2(preview->outcome == Outcome::Ready,
             qUtf8Printable(preview->failure ? preview->failure->error.text() : QString()));
    QCOMPARE(preview->effects.constFirst().tables.constFirst().rows.at(0).volatileColumns, QList<int> { 2 });
    bench.reset();
    database.exec("DROP OWNED BY holdpoint_few; DROP ROLE holdpoint_few");
}

/// The second pass then sees the world as it is.
void TestTwoMoments::keptSessionIsLost()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, shop);
    const Batch batch = batchOf(database, clockOf(EngineKind::PostgreSQL));
    const TestWorkbench bench;
    for (int i = 0; i < 2; ++i) {
        const auto preview
            = bench
                  ->preview(batch, between([&](int pass) {
                                if (pass == 2)
                                    database.exec("SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                                                  " WHERE datname = current_database() AND state LIKE 'idle in%'");
                            }))
                  .takeResult();
        QVERIFY(preview.ok());
        QVERIFY2(preview->outcome == Outcome::Ready,
                 qUtf8Printable(preview->failure ? preview->failure->error.text() : QString()));
        QCOMPARE(preview->effects.constFirst().tables.constFirst().rows.at(0).volatileColumns, QList<int> { 2 });
    }
}

void TestTwoMoments::cancelledBetween()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shop);
    RunOptions options;
    const auto pass = std::make_shared<std::atomic<int>>(0);
    options.progress = [pass, cancellation = options.cancellation](const Progress& progress) mutable {
        if (progress.phase == Progress::Phase::Connecting && ++*pass > 1)
            cancellation.cancel();
    };
    const TestWorkbench bench;
    const auto preview = bench->preview(batchOf(database, clockOf(engine)), options).takeResult();
    QVERIFY(preview.ok());
    QCOMPARE(preview->cause, u"cancelled"_s);
    QCOMPARE(pass->load(), 2);
    const auto again = bench->preview(batchOf(database, clockOf(engine)), {}).takeResult();
    QVERIFY(again.ok());
    QCOMPARE(again->outcome, Outcome::Ready);
}

QTEST_GUILESS_MAIN(TestTwoMoments)
#include "tst_twomoments.moc"
