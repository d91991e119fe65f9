// SPDX-License-Identifier: GPL-3.0-or-later
// How a large table is scanned: what it tells meanwhile, and what the server may do for it.
#include "effects/postgresversionquestions.h"
#include "support/postgrescapturing.h"

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestPostgresScan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void tellsHowFarItIs();
    void isSilentOnSmallTables();
    void isSilentOnRowsOutOfLine();
    void whatMarksTheWayIsNoChange();
    void idsOfTheBatch_data();
    void idsOfTheBatch();
    void mayBeParallel_data();
    void mayBeParallel();

private:
    struct Step
    {
        qint64 done;
        qint64 total;
    };
    [[nodiscard]] TargetEffects changed(const QStringList& statements, QList<Step>& steps) const;

    std::optional<TestPostgres> m_database;
    QByteArray m_role; // with a policy on `shared`
};

void TestPostgresScan::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace("CREATE TABLE large (id int PRIMARY KEY, v text, filler text);"
                       "INSERT INTO large SELECT g, 'v' || g, repeat('x', 950) FROM generate_series(1, 24000) g;"
                       "DELETE FROM large WHERE id BETWEEN 801 AND 1600;" // places of marks without a row
                       "CREATE TABLE small (id int PRIMARY KEY, v text);"
                       "INSERT INTO small SELECT g, 'v' FROM generate_series(1, 1000) g; ANALYZE large; ANALYZE small;"
                       "CREATE TABLE wide (id int PRIMARY KEY, v text, filler text, big text);"
                       "ALTER TABLE wide ALTER big SET STORAGE EXTERNAL;"
                       "INSERT INTO wide SELECT g, 'v', repeat('x', 1500), CASE WHEN g % 2 = 0 THEN repeat('x', 6000)"
                       " END FROM generate_series(1, 12000) g; ANALYZE wide;"
                       "CREATE TABLE shared AS SELECT *, 1 AS tenant FROM large; ANALYZE shared;"
                       "ALTER TABLE shared ENABLE ROW LEVEL SECURITY;"
                       "CREATE POLICY own ON shared USING (tenant = current_setting('app.tenant', true)::int)");
    m_role = m_database->name().toUtf8() + "_reader";
    m_database->exec("CREATE ROLE " + m_role + " LOGIN; GRANT ALL ON shared TO " + m_role);
}

void TestPostgresScan::cleanupTestCase()
{
    if (!m_database)
        return;
    m_database->exec("DROP OWNED BY " + m_role + "; DROP ROLE " + m_role);
    m_database.reset();
}

TargetEffects TestPostgresScan::changed(const QStringList& statements, QList<Step>& steps) const
{
    const bool asReader = statements.constLast().contains("shared"_L1);
    const auto connection = connectTo(*m_database, {}, asReader ? QString::fromUtf8(m_role) : u"postgres"_s);
    PostgresCapturing capturing(*connection, Verification::Fully);
    if (!capturing.begin(statements))
        return {};
    for (int i = 0; i < statements.size(); ++i)
        capturing.run(i, statements.at(i));
    auto effects = capturing.capture().collect([&steps](qint64 done, qint64 total) { steps.append({ done, total }); });
    if (!connection->rollback().ok() || !effects || !capturing.capture().ended(*effects).ok())
        return {};
    return *effects;
}

void TestPostgresScan::tellsHowFarItIs()
{
    QList<Step> steps;
    const TargetEffects effects = changed({ u"UPDATE large SET v = 'new' WHERE id IN (7, 12000, 24000)"_s }, steps);
    QCOMPARE(effects.tables.size(), 1);
    QCOMPARE(effects.tables.at(0).way, CaptureWay::Scanned);
    QCOMPARE(effects.tables.at(0).rows.size(), 3); // what only marks the way is no change
    QVERIFY(steps.size() >= 2);
    for (qsizetype i = 1; i < steps.size(); ++i)
        QVERIFY(steps.at(i - 1).done <= steps.at(i).done);
    const auto [done, total] = steps.constLast();
    QVERIFY2(total >= 3000 && done <= total, qPrintable(QString::number(total)));
    QVERIFY2(done >= total * 9 / 10, qPrintable(QString::number(done)));
}

void TestPostgresScan::isSilentOnSmallTables()
{
    QList<Step> steps;
    const TargetEffects effects = changed({ u"UPDATE small SET v = 'new' WHERE id = 7"_s }, steps);
    QCOMPARE(effects.tables.value(0).rows.size(), 1);
    QVERIFY(steps.isEmpty());
}

/// A row of a mark is read whole.
void TestPostgresScan::isSilentOnRowsOutOfLine()
{
    QList<Step> steps;
    const TargetEffects effects = changed({ u"UPDATE wide SET v = 'new' WHERE id = 7"_s }, steps);
    QCOMPARE(effects.tables.value(0).rows.size(), 1);
    QVERIFY(steps.isEmpty());
}

/// Even where the old world may not see the row of a mark.
void TestPostgresScan::whatMarksTheWayIsNoChange()
{
    QList<Step> steps;
    const TargetEffects effects
        = changed({ u"SET LOCAL app.tenant = '1'"_s, u"UPDATE shared SET v = 'new' WHERE id = 7"_s }, steps);
    QVERIFY(steps.size() >= 2);
    QCOMPARE(effects.tables.size(), 1);
    QCOMPARE(effects.tables.at(0).rows.size(), 1); // the new one: the old one is not seen, and that is said
    QVERIFY(!effects.tables.at(0).complete);
}

void TestPostgresScan::idsOfTheBatch_data()
{
    QTest::addColumn<quint32>("first");
    QTest::addColumn<quint32>("later");
    QTest::addColumn<QByteArray>("condition");
    QTest::newRow("one") << 1000U << 1001U << "t.xmin = ANY ('{1000}'::xid[])"_ba;
    QTest::newRow("some") << 1000U << 1003U << "t.xmin = ANY ('{1000,1001,1002}'::xid[])"_ba;
    QTest::newRow("from the last id to the first")
        << 4294967294U << 5U << "t.xmin = ANY ('{4294967294,4294967295,3,4}'::xid[])"_ba;
    QTest::newRow("many") << 1000U << 6000U << "age(t.xmin) <= age('1000'::xid)"_ba;
}

void TestPostgresScan::idsOfTheBatch()
{
    QFETCH(quint32, first);
    QFETCH(quint32, later);
    const auto connection = connectTo(*m_database);
    QTEST(bornInBatch({ *connection, *connection, first, "1" }, later), "condition");
}

void TestPostgresScan::mayBeParallel_data()
{
    QTest::addColumn<bool>("listed");
    QTest::newRow("a few ids") << true;
    QTest::newRow("many ids") << false;
}

void TestPostgresScan::mayBeParallel()
{
    QFETCH(bool, listed);
    const auto connection = connectTo(*m_database);
    for (const char* setting : { "min_parallel_table_scan_size", "parallel_setup_cost", "parallel_tuple_cost" })
        QVERIFY(connection->query({ "SET "_ba + setting + " = 0", {} }).ok());
    const PostgresWorlds worlds { *connection, *connection, 1000, "1" };
    const auto later = std::optional(listed ? 1100U : 1'000'000U);
    const auto shape
        = readShape(*connection, first(connection->query({ "SELECT 'large'::regclass::oid", {} })).toInt());
    QVERIFY(shape.ok());
    const auto planOf = [&](PostgresTouching touching, const QByteArray& condition) {
        const auto plan = connection->query(
            { "EXPLAIN " + versionsWhere(*connection, { u"public"_s, u"large"_s }, *shape, touching, condition).text,
              {} });
        QString text;
        for (const Row& row : plan ? plan->rows : QList<Row>())
            text += row.at(0).toText() + u'\n';
        return text;
    };
    const QString born = planOf(PostgresTouching::Birth, bornInBatch(worlds, later));
    const QString ended = planOf(PostgresTouching::End, endedInBatch(worlds, later));
    QVERIFY2(born.contains("Seq Scan"_L1) && ended.contains("Seq Scan"_L1), qPrintable(born + ended));
    QCOMPARE(born.contains("Parallel Seq Scan"_L1), listed);
    QCOMPARE(ended.contains("Parallel Seq Scan"_L1), listed);
}

QTEST_GUILESS_MAIN(TestPostgresScan)
#include "tst_postgresscan.moc"
