// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testdatabase.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

/// The tests' own view of a database must see every change, else the tests above it prove nothing.
class TestTestDatabase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sqliteDumpShowsEachChange_data();
    void sqliteDumpShowsEachChange();
    void sqliteQueryTellsNullFromEmpty();
    void postgresDumpShowsEachChange_data();
    void postgresDumpShowsEachChange();
    void postgresQueryTellsNullFromEmpty();
    void postgresDatabasesAreDropped();
};

void TestTestDatabase::sqliteDumpShowsEachChange_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::newRow("a value's storage class") << "UPDATE t SET b = '1' WHERE a = 1"_ba;
    QTest::newRow("a duplicate row") << "INSERT INTO u VALUES (1)"_ba;
    QTest::newRow("a sequence") << "INSERT INTO t VALUES (9, 9); DELETE FROM t WHERE a = 9"_ba;
    QTest::newRow("an index") << "CREATE INDEX i ON u (x)"_ba;
    QTest::newRow("a quoted name") << "INSERT INTO \"o'dd\" VALUES (2)"_ba;
}

void TestTestDatabase::sqliteDumpShowsEachChange()
{
    QFETCH(QByteArray, change);
    const TestSqlite database("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b); INSERT INTO t VALUES (1, 1);"
                              "CREATE TABLE u (x); INSERT INTO u VALUES (1);"
                              "CREATE TABLE \"o'dd\" (\"o'x\"); INSERT INTO \"o'dd\" VALUES (1);");
    const QString before = database.dump();
    QCOMPARE(database.dump(), before);
    database.exec(change);
    QVERIFY(database.dump() != before);
}

void TestTestDatabase::sqliteQueryTellsNullFromEmpty()
{
    const TestSqlite database;
    const TextRow row = database.query("SELECT NULL, '', 7").value(0);
    QVERIFY(row.at(0).isNull());
    QVERIFY(row.at(1).isEmpty() && !row.at(1).isNull());
    QCOMPARE(row.at(2), u"7"_s);
}

void TestTestDatabase::postgresDumpShowsEachChange_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::newRow("a value") << "UPDATE t SET b = 2"_ba;
    QTest::newRow("a NULL for an empty text") << "UPDATE t SET c = NULL"_ba;
    QTest::newRow("a duplicate row") << "INSERT INTO t VALUES (1, 1, '')"_ba;
    QTest::newRow("a row of a partition") << "INSERT INTO p VALUES (1)"_ba;
    QTest::newRow("a table") << "CREATE TABLE v ()"_ba;
    QTest::newRow("a column's type") << "ALTER TABLE t ALTER b TYPE bigint"_ba;
    QTest::newRow("another schema") << "INSERT INTO \"S\".\"o'dd\" VALUES (2)"_ba;
}

void TestTestDatabase::postgresDumpShowsEachChange()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    QFETCH(QByteArray, change);
    const TestPostgres database("CREATE TABLE t (a int, b int, c text); INSERT INTO t VALUES (1, 1, '');"
                                "CREATE TABLE p (k int) PARTITION BY RANGE (k);"
                                "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);"
                                "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"o'dd\" (x int)");
    const QString before = database.dump();
    QCOMPARE(database.dump(), before);
    database.exec(change);
    QVERIFY(database.dump() != before);
}

void TestTestDatabase::postgresQueryTellsNullFromEmpty()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestPostgres database;
    const TextRow row = database.query("SELECT NULL, ''").value(0);
    QVERIFY(row.at(0).isNull());
    QVERIFY(row.at(1).isEmpty() && !row.at(1).isNull());
    QVERIFY(database.uriAs(u"holdpoint_pw"_s).startsWith("postgresql://holdpoint_pw@127.0.0.1:"_L1));
    QCOMPARE(database.scalar("SELECT current_database()"), database.name());
}

void TestTestDatabase::postgresDatabasesAreDropped()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    QString name;
    {
        const TestPostgres gone;
        name = gone.name();
    }
    const TestPostgres witness;
    QCOMPARE(witness.scalar("SELECT count(*) FROM pg_database WHERE datname = '" + name.toUtf8() + "'"), u"0"_s);
}

QTEST_GUILESS_MAIN(TestTestDatabase)
#include "tst_testdatabase.moc"
