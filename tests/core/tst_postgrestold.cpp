// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgrescapturing.h"

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto tables = R"sql(
    CREATE TABLE plain (id int PRIMARY KEY, v int, t text);
    CREATE TABLE late (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, v int);
    CREATE TABLE exact (id numeric PRIMARY KEY, v int);
    CREATE TABLE pairs (a int, b text, v int, PRIMARY KEY (a, b));
    CREATE TABLE timed (id int PRIMARY KEY, at timestamptz, f float8, v int);
    CREATE TABLE derived (id int PRIMARY KEY, v int, twice int GENERATED ALWAYS AS (v * 2) STORED);
    CREATE TABLE shifted (id int PRIMARY KEY, v int);
    CREATE TABLE locking (id int PRIMARY KEY, v int);
    CREATE FUNCTION shift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := NEW.id + 100; RETURN NEW; END $$;
    CREATE TRIGGER shift BEFORE UPDATE ON shifted FOR EACH ROW EXECUTE FUNCTION shift();
    CREATE FUNCTION lock_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN LOCK TABLE plain IN ACCESS EXCLUSIVE MODE; RETURN NULL; END $$;
    CREATE TRIGGER lock_it AFTER UPDATE ON locking FOR EACH ROW EXECUTE FUNCTION lock_it();
    CREATE TABLE altered (id int PRIMARY KEY, v int, gone int);
    CREATE TABLE altering (id int PRIMARY KEY, v int);
    CREATE FUNCTION alter_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN ALTER TABLE altered DROP COLUMN gone; RETURN NULL; END $$;
    CREATE TRIGGER alter_it AFTER UPDATE ON altering FOR EACH STATEMENT EXECUTE FUNCTION alter_it();
    INSERT INTO altered SELECT g, g, g FROM generate_series(1, 9) g;
    INSERT INTO altering SELECT g, g FROM generate_series(1, 9) g;
    INSERT INTO plain SELECT g, g, CASE WHEN g % 3 > 0 THEN 't' || g END FROM generate_series(1, 9) g;
    INSERT INTO late SELECT g, g FROM generate_series(1, 9) g;
    INSERT INTO exact SELECT g + 0.0, g FROM generate_series(1, 9) g;
    INSERT INTO pairs SELECT g, ':' || g, g FROM generate_series(1, 9) g;
    INSERT INTO timed SELECT g, '2025-01-02 03:04:05+00'::timestamptz + g * interval '1 day', g / 3.0, g
      FROM generate_series(1, 9) g;
    INSERT INTO derived SELECT g, g FROM generate_series(1, 9) g;
    INSERT INTO shifted SELECT g, g FROM generate_series(1, 9) g;
    INSERT INTO locking SELECT g, g FROM generate_series(1, 9) g;
)sql";

} // namespace

/// What statements return is taken for the rows of a table only where nothing else can have happened to them: whatever
/// is done to keys, twice to one row, or to how values are printed, the effects are those of the scan.
class TestPostgresTold : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void isAsTheScan_data();
    void isAsTheScan();
    void failedStatement();
    void manyNamedRows();

private:
    std::optional<TestPostgres> m_database;
    std::unique_ptr<PostgresConnection> m_connection;
};

void TestPostgresTold::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace(tables);
    m_database->exec("CREATE TABLE \"Odd \"\"name\" (\"a key\" int PRIMARY KEY, \"b,c\" text);"
                     " INSERT INTO \"Odd \"\"name\" SELECT g, chr(34) || chr(92) || g FROM generate_series(1, 9) g");
    m_connection = connectTo(*m_database);
}

void TestPostgresTold::cleanupTestCase()
{
    m_connection.reset();
    m_database.reset();
}

void TestPostgresTold::isAsTheScan_data()
{
    QTest::addColumn<QStringList>("statements");
    const auto row = [](const char* name, const QStringList& statements) { QTest::newRow(name) << statements; };
    row("keys named in a list", { u"UPDATE plain SET v = 0 WHERE id IN (9, 2, 77)"_s });
    row("keys named in an array, out of order", { u"UPDATE plain SET t = 'x' WHERE id = ANY ('{5,3,8}')"_s });
    row("keys named, and a further condition",
        { u"UPDATE plain SET v = -v WHERE id = ANY (ARRAY[1, 2, 3]) AND v > 1"_s });
    row("keys named that are none", { u"UPDATE plain SET v = 0 WHERE v = 3 AND id = '3'"_s });
    row("named by an alias", { u"UPDATE plain AS p SET v = 0 WHERE p.id IN (1, 2)"_s });
    row("named rows twice",
        { u"UPDATE plain SET v = 0 WHERE id IN (1, 2)"_s, u"UPDATE plain SET t = 'x' WHERE id IN (2, 3)"_s });
    row("two statements, different rows",
        { u"UPDATE plain SET v = 0 WHERE id = 1"_s, u"UPDATE plain SET v = 0 WHERE id > 7"_s });
    row("a change and its reverse",
        { u"UPDATE plain SET v = v + 1 WHERE id = 1"_s, u"UPDATE plain SET v = v - 1 WHERE id = 1"_s });
    row("a change to the same", { u"UPDATE plain SET v = v WHERE id < 4"_s });
    row("NULL to text and back", { u"UPDATE plain SET t = CASE WHEN t IS NULL THEN '' END"_s });
    row("insert and update",
        { u"INSERT INTO plain VALUES (20, 1, 'n'), (21, 2, NULL)"_s, u"UPDATE plain SET v = 0 WHERE id = 1"_s });
    row("insert and update of the same row",
        { u"INSERT INTO plain VALUES (20, 1, 'n')"_s, u"UPDATE plain SET v = 0 WHERE id = 20"_s });
    row("update and delete", { u"UPDATE plain SET v = 0 WHERE id = 1"_s, u"DELETE FROM plain WHERE id = 1"_s });
    row("delete and insert again", { u"DELETE FROM plain WHERE id = 1"_s, u"INSERT INTO plain VALUES (1, 5, 'n')"_s });
    row("upsert", { u"INSERT INTO plain VALUES (1, 5, 'u'), (30, 6, 'n') ON CONFLICT (id) DO UPDATE SET v = 0"_s });
    row("a key moves to a new one", { u"UPDATE plain SET id = 100 WHERE id = 1"_s });
    row("a key moves, and its old one is inserted",
        { u"UPDATE plain SET id = 100 WHERE id = 1"_s, u"INSERT INTO plain VALUES (1, 5, 'n')"_s });
    row("keys exchange by way of a third",
        { u"UPDATE plain SET id = -1 WHERE id = 1"_s, u"UPDATE plain SET id = 1 WHERE id = 2"_s,
          u"UPDATE plain SET id = 2 WHERE id = -1"_s });
    row("a deleted row's key is taken",
        { u"DELETE FROM plain WHERE id = 2"_s, u"UPDATE plain SET id = 2 WHERE id = 1"_s });
    row("deferred keys exchange at once", { u"UPDATE late SET id = 10 - id WHERE id IN (4, 6)"_s });
    row("deferred keys rotate", { u"UPDATE late SET id = 1 + id % 9"_s });
    row("a key that is equal with another text", { u"UPDATE exact SET id = id + 0.00, v = 0 WHERE id < 3"_s });
    row("composite keys", { u"UPDATE pairs SET v = 0 WHERE a > 5"_s });
    row("part of a composite key", { u"UPDATE pairs SET b = 'z' WHERE a = 1"_s });
    row("times and floats", { u"UPDATE timed SET v = 0, at = at + interval '1 hour' WHERE id IN (1, 2)"_s });
    row("times printed otherwise",
        { u"SET LOCAL DateStyle = 'German'"_s, u"SET LOCAL TimeZone = 'Asia/Tokyo'"_s,
          u"UPDATE timed SET v = 0 WHERE id IN (1, 2)"_s });
    row("times printed otherwise by the statement itself",
        { u"UPDATE timed SET v = length(set_config('TimeZone', 'Asia/Tokyo', true)) WHERE id IN (1, 2)"_s });
    row("floats cut short", { u"SET LOCAL extra_float_digits = -10"_s, u"UPDATE timed SET v = 0 WHERE id < 4"_s });
    row("generated columns", { u"UPDATE derived SET v = v + 1 WHERE id IN (1, 2)"_s });
    row("a trigger moves the key", { u"UPDATE shifted SET v = 0 WHERE id IN (1, 2)"_s });
    row("a trigger keeps others out",
        { u"UPDATE plain SET v = 0 WHERE id = 1"_s, u"UPDATE locking SET v = 0 WHERE id = 1"_s,
          u"UPDATE plain SET v = 0 WHERE id IN (2, 3)"_s });
    row("altered after the update",
        { u"UPDATE plain SET v = 0 WHERE id IN (1, 2)"_s, u"ALTER TABLE plain ADD COLUMN w int DEFAULT 7"_s });
    row("altered before the update",
        { u"ALTER TABLE plain DROP COLUMN t"_s, u"UPDATE plain SET v = 0 WHERE id IN (1, 2)"_s });
    row("altered by a trigger before the update",
        { u"UPDATE plain SET v = 0 WHERE id = 1"_s, u"UPDATE altering SET v = 0 WHERE id = 1"_s,
          u"UPDATE altered SET v = 0 WHERE id IN (1, 2)"_s });
    row("made by the batch",
        { u"CREATE TABLE made (id int PRIMARY KEY, v int)"_s, u"INSERT INTO made VALUES (1, 1)"_s,
          u"UPDATE made SET v = 2 WHERE id = 1"_s });
    row("quoted names", { u"UPDATE \"Odd \"\"name\" SET \"b,c\" = 'x' WHERE \"a key\" IN (1, 2)"_s });
    row("rolled back inside",
        { u"DO $$ BEGIN BEGIN UPDATE plain SET v = 99 WHERE id = 4; PERFORM 1 / 0;"
          " EXCEPTION WHEN division_by_zero THEN END; END $$"_s,
          u"UPDATE plain SET v = 0 WHERE id IN (4, 5)"_s });
}

void TestPostgresTold::isAsTheScan()
{
    QFETCH(QStringList, statements);
    PostgresCapturing full(*m_connection, Verification::Fully);
    const TargetEffects scan = full.runAll(statements);
    QVERIFY2(full.errors().isEmpty(), qPrintable(full.errors().value(0).text()));
    for (int round = 0; round < 2; ++round) { // the second one knows the tables from the beginning
        PostgresCapturing cheap(*m_connection);
        const TargetEffects effects = cheap.runAll(statements);
        QVERIFY2(cheap.errors().isEmpty(), qPrintable(cheap.errors().value(0).text()));
        compareLines(effectsText(effects), effectsText(scan));
        QCOMPARE(digest({ effects }), digest({ scan }));
    }
}

void TestPostgresTold::failedStatement()
{
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    QVERIFY(m_connection->savepoint("holdpoint_command").ok());
    capturing.run(0, u"UPDATE plain SET v = 1 / (id - 3) WHERE id IN (1, 2, 3)"_s);
    QVERIFY(m_connection->rollbackTo("holdpoint_command").ok());
    capturing.capture().rolledBackToSavepoint();
    QCOMPARE(capturing.errors().size(), 1);
    capturing.run(1, u"UPDATE plain SET v = 0 WHERE id IN (1, 2)"_s);
    const TargetEffects effects = capturing.end();
    QCOMPARE(capturing.errors().size(), 1);
    compareLines(effectsText(effects),
                 { u"plain ~ #1 direct (1, 1, t1) -> (1, 0, t1)"_s, u"plain ~ #1 direct (2, 2, t2) -> (2, 0, t2)"_s });
}

void TestPostgresTold::manyNamedRows()
{
    m_database->exec("CREATE TABLE many (id int PRIMARY KEY, v int, t text);"
                     " INSERT INTO many SELECT g, g, 't' || g FROM generate_series(1, 20000) g");
    QStringList keys;
    for (int key = 20000; key > 0; key -= 2)
        keys.append(QString::number(key));
    const QStringList statements { u"UPDATE many SET v = -v WHERE id = ANY ('{%1}')"_s.arg(keys.join(u',')),
                                   u"UPDATE many SET v = 0 WHERE id IN (1, 3, 5)"_s };
    PostgresCapturing cheap(*m_connection);
    const TargetEffects effects = cheap.runAll(statements);
    QVERIFY2(cheap.errors().isEmpty(), qPrintable(cheap.errors().value(0).text()));
    QCOMPARE(effects.tables.size(), 1);
    QCOMPARE(effects.tables.constFirst().way, CaptureWay::LookedUp);
    QCOMPARE(effects.tables.constFirst().updated, 10003);
    PostgresCapturing full(*m_connection, Verification::Fully);
    QCOMPARE(digest({ effects }), digest({ full.runAll(statements) }));
}

QTEST_GUILESS_MAIN(TestPostgresTold)

#include "tst_postgrestold.moc"
