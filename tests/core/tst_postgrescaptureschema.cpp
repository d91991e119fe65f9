// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgrescapturing.h"

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE customers (id int PRIMARY KEY, name text);
    CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
    CREATE TABLE bag (a int, b text);
    CREATE TABLE parts (k int, v text) PARTITION BY LIST (k);
    CREATE TABLE parts1 PARTITION OF parts FOR VALUES IN (1);
    CREATE VIEW names AS SELECT name FROM customers;
    CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS 'TRUNCATE bag';
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TYPE mood AS ENUM ('sad');
    CREATE SEQUENCE numbers;
    CREATE SCHEMA app;
    CREATE TABLE app.things (id int PRIMARY KEY);
    INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bob');
    INSERT INTO orders VALUES (10, 1);
    INSERT INTO bag VALUES (1, 'x'), (1, 'x'), (2, 'y');
    INSERT INTO parts VALUES (1, 'p');
    INSERT INTO app.things VALUES (7);
)sql";

} // namespace

/// Statements that rewrite tables or change the schema, and what a user may not see.
class TestPostgresCaptureSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void seesRewrites_data();
    void seesRewrites();
    void notCopied_data();
    void notCopied();
    void tooLateAfterCommit();
    void definitions();
    void sequences();
    void temporaryTables();
    void hiddenRows();
    void unreadableTable();
    void suppressedTriggers();

private:
    std::optional<TestPostgres> m_database;
    std::unique_ptr<PostgresConnection> m_connection;
};

void TestPostgresCaptureSchema::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace(shop);
    m_connection = connectTo(*m_database);
}

void TestPostgresCaptureSchema::cleanupTestCase()
{
    m_connection.reset();
    m_database.reset();
}

void TestPostgresCaptureSchema::seesRewrites_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QStringList& statements, const QStringList& expected) {
        QTest::newRow(name) << statements << expected;
    };
    const QStringList bagGone { u"bag - #0 direct (1, x)"_s, u"bag - #0 direct (1, x)"_s, u"bag - #0 direct (2, y)"_s };
    row("truncate", { u"TRUNCATE bag"_s }, bagGone);
    row("truncate and fill again", { u"TRUNCATE bag"_s, u"INSERT INTO bag VALUES (1, 'x'), (3, 'z')"_s },
        { u"bag - #0 direct (1, x)"_s, u"bag - #0 direct (2, y)"_s, u"bag + #1 direct (3, z)"_s });
    row("truncate with cascade", { u"TRUNCATE customers CASCADE"_s },
        { u"customers - #0 direct (1, Ada)"_s, u"customers - #0 direct (2, Bob)"_s,
          u"orders - #0 indirect (10, 1)"_s });
    row("truncate a partitioned table", { u"TRUNCATE parts"_s }, { u"parts - #0 direct (1, p) @parts1"_s });
    row("only a lock", { u"LOCK TABLE bag"_s }, {});
    row("a lock, then a change", { u"LOCK TABLE customers"_s, u"UPDATE customers SET name = 'A' WHERE id = 1"_s },
        { u"customers ~ #1 direct (1, Ada) -> (1, A)"_s });
    row("another type", { u"ALTER TABLE customers ALTER id TYPE bigint"_s },
        { u"alter table public.customers"_s, u"alter index public.customers_pkey"_s });
    row("a type that changes values", { u"ALTER TABLE bag ALTER a TYPE text USING a + 1"_s },
        { u"alter table public.bag"_s, u"bag - #0 direct (1, x)"_s, u"bag - #0 direct (1, x)"_s,
          u"bag - #0 direct (2, y)"_s, u"bag + #0 indirect (2, x)"_s, u"bag + #0 indirect (2, x)"_s,
          u"bag + #0 indirect (3, y)"_s });
    row("a column without a default", { u"ALTER TABLE bag ADD c int"_s }, { u"alter table public.bag"_s });
    row("a column with a default", { u"ALTER TABLE customers ADD c int DEFAULT 5"_s },
        { u"alter table public.customers"_s, u"customers ~ #? indirect (1, Ada, NULL) -> (1, Ada, 5)"_s,
          u"customers ~ #? indirect (2, Bob, NULL) -> (2, Bob, 5)"_s });
    row("a dropped column", { u"ALTER TABLE orders DROP customer"_s },
        { u"alter table public.orders"_s, u"orders ~ #? indirect (10, 1) -> (10, NULL)"_s });
    row("a renamed column", { u"ALTER TABLE bag RENAME a TO z"_s }, { u"alter table public.bag"_s });
    row("a renamed table", { u"ALTER TABLE bag RENAME TO sack"_s }, { u"alter table public.bag"_s });
    row("a dropped table", { u"DROP TABLE bag"_s }, QStringList(bagGone) << u"drop table public.bag"_s);
    row("a table dropped with what hangs on it", { u"DROP TABLE customers CASCADE"_s },
        { u"customers - #0 direct (1, Ada)"_s, u"customers - #0 direct (2, Bob)"_s, u"drop table public.customers"_s,
          u"drop index public.customers_pkey"_s, u"drop view public.names"_s, u"alter table public.orders"_s });
    row("a new table", { u"CREATE TABLE fresh (id int PRIMARY KEY, v text)"_s, u"INSERT INTO fresh VALUES (1, 'f')"_s },
        { u"create table public.fresh"_s, u"create index public.fresh_pkey"_s, u"fresh + #1 direct (1, f)"_s });
    row("a table from a query", { u"CREATE TABLE fresh AS SELECT * FROM customers"_s },
        { u"create table public.fresh"_s, u"fresh + #0 indirect (1, Ada)"_s, u"fresh + #0 indirect (2, Bob)"_s });
    row("a new table that is dropped again", { u"CREATE TABLE fresh (a int)"_s, u"DROP TABLE fresh"_s }, {});
    row("an index", { u"CREATE INDEX by_name ON customers (name)"_s }, { u"create index public.by_name"_s });
    row("a view", { u"CREATE OR REPLACE VIEW names AS SELECT name, 1 AS one FROM customers"_s },
        { u"alter view public.names"_s });
    row("functions", { u"CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'"_s, u"DROP FUNCTION wipe()"_s },
        { u"create function public.f(integer)"_s, u"drop function public.wipe()"_s });
    row("a trigger", { u"CREATE TRIGGER g BEFORE UPDATE ON bag FOR EACH ROW EXECUTE FUNCTION touch()"_s },
        { u"create trigger g on bag"_s });
    row("a policy", { u"CREATE POLICY p ON bag USING (a = 1)"_s, u"ALTER TABLE bag ENABLE ROW LEVEL SECURITY"_s },
        { u"create policy p on bag"_s, u"alter table public.bag"_s });
    row("a sequence", { u"ALTER SEQUENCE numbers INCREMENT 5"_s }, { u"alter sequence public.numbers"_s });
    row("a sequence that belongs to a column", { u"ALTER SEQUENCE numbers OWNED BY bag.a"_s },
        { u"alter sequence public.numbers"_s });
    row("how long values are kept", { u"ALTER TABLE bag SET (toast.autovacuum_enabled = false)"_s },
        { u"alter table public.bag"_s });
    row("how a column is compressed", { u"ALTER TABLE bag ALTER b SET COMPRESSION pglz"_s },
        { u"alter table public.bag"_s });
    row("a table of a type", { u"CREATE TYPE shape AS (a int, b text)"_s, u"ALTER TABLE bag OF shape"_s },
        { u"alter table public.bag"_s, u"create type public.shape"_s });
    row("a default of a view", { u"ALTER VIEW names ALTER name SET DEFAULT 'x'"_s }, { u"alter view public.names"_s });
    row("statistics of an index",
        { u"CREATE INDEX by_length ON bag (length(b))"_s, u"ALTER INDEX by_length ALTER 1 SET STATISTICS 5"_s },
        { u"create index public.by_length"_s });
    row("what only depends", { u"ALTER FUNCTION wipe() DEPENDS ON EXTENSION plpgsql"_s },
        { u"create dependency of function wipe()"_s });
    row("what was so already",
        { u"ALTER SEQUENCE numbers OWNED BY NONE"_s, u"CREATE TEMP SEQUENCE fleeting OWNED BY NONE"_s }, {});
    row("an object of an extension", { u"ALTER EXTENSION plpgsql ADD FUNCTION wipe()"_s },
        { u"alter extension plpgsql"_s });
    row("types", { u"ALTER TYPE mood ADD VALUE 'happy'"_s, u"CREATE DOMAIN d AS int CHECK (VALUE > 0)"_s },
        { u"alter type public.mood"_s, u"create type public.d"_s });
    row("a schema", { u"CREATE SCHEMA fresh"_s }, { u"create schema fresh"_s });
    row("privileges", { u"GRANT SELECT ON bag TO PUBLIC"_s }, { u"alter table public.bag"_s });
    row("another schema", { u"ALTER TABLE bag SET SCHEMA app"_s }, { u"alter table public.bag"_s });
    row("another schema for a type", { u"ALTER TYPE mood SET SCHEMA app"_s }, { u"alter type public.mood"_s });
    row("what guards a table",
        { u"ALTER TABLE bag FORCE ROW LEVEL SECURITY"_s, u"GRANT USAGE ON TYPE mood TO PUBLIC"_s },
        { u"alter table public.bag"_s, u"alter type public.mood"_s });
    row("privileges of a column", { u"GRANT SELECT (b) ON bag TO PUBLIC"_s }, { u"alter table public.bag"_s });
    row("how a column is kept", { u"ALTER TABLE bag ALTER b SET STORAGE external"_s }, { u"alter table public.bag"_s });
    row("comments",
        { u"COMMENT ON TABLE bag IS 'a bag'"_s, u"COMMENT ON COLUMN customers.name IS 'full'"_s,
          u"COMMENT ON FUNCTION wipe() IS NULL"_s },
        { u"create comment on table bag"_s, u"create comment on table customers"_s });
    row("what is not described", { u"CREATE CAST (int AS bytea) WITH INOUT"_s }, { u"alter catalog pg_cast"_s });
    row("a partition attached",
        { u"CREATE TABLE parts2 (k int, v text)"_s, u"INSERT INTO parts2 VALUES (2, 'q')"_s,
          u"ALTER TABLE parts ATTACH PARTITION parts2 FOR VALUES IN (2)"_s },
        { u"create table public.parts2"_s, u"parts + #1 direct (2, q) @parts2"_s });
}

void TestPostgresCaptureSchema::seesRewrites()
{
    QFETCH(QStringList, statements);
    QFETCH(QStringList, expected);
    const QString before = m_database->dump();
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll(statements);
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects), expected);
    QCOMPARE(m_database->dump(), before);
}

void TestPostgresCaptureSchema::notCopied_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("a function truncates")
        << u"SELECT wipe()"_s
        << QStringList { u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (2, y)"_s };
    QTest::newRow("a schema is dropped") << u"DROP SCHEMA app CASCADE"_s
                                         << QStringList { u"app.things - #? indirect (7)"_s, u"drop table app.things"_s,
                                                          u"drop index app.things_pkey"_s, u"drop schema app"_s };
    QTest::newRow("a DO block renames and changes")
        << u"DO $$ BEGIN ALTER TABLE bag RENAME TO sack; UPDATE sack SET b = 'n' WHERE a = 2; END $$"_s
        << QStringList { u"alter table public.bag"_s, u"sack - #0 indirect (2, y)"_s, u"sack + #0 indirect (2, n)"_s };
}

void TestPostgresCaptureSchema::notCopied()
{
    QFETCH(QString, statement);
    QFETCH(QStringList, expected);
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({ statement }));
    capturing.run(0, statement);
    auto effects = capturing.capture().collect();
    QVERIFY(effects.ok());
    const bool incomplete = std::ranges::any_of(effects->tables, [](const auto& table) { return !table.complete; });
    QVERIFY(incomplete);
    QVERIFY(m_connection->rollback().ok());
    QVERIFY(capturing.capture().ended(*effects).ok());
    compareLines(effectsText(*effects), expected); // the old world read it after the rollback
}

void TestPostgresCaptureSchema::tooLateAfterCommit()
{
    m_database->exec("CREATE TABLE doomed (a int); INSERT INTO doomed VALUES (1);"
                     "CREATE FUNCTION doom() RETURNS void LANGUAGE sql AS 'TRUNCATE doomed'");
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll({ u"SELECT doom()"_s }, PostgresCapturing::End::Commit);
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QCOMPARE(effects.tables.size(), 1);
    QVERIFY(!effects.tables.at(0).complete);
    QVERIFY(effects.tables.at(0).incompleteReason.contains("no command names it"_L1));
    m_database->exec("DROP TABLE doomed; DROP FUNCTION doom()");
}

void TestPostgresCaptureSchema::definitions()
{
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll({ u"ALTER TABLE bag ADD c int NOT NULL DEFAULT 1 CHECK (c > 0)"_s });
    QCOMPARE(effects.schemaChanges.size(), 1);
    const SchemaChange& change = effects.schemaChanges.at(0);
    QVERIFY2(change.before.startsWith("bag (a integer, b text) owner"_L1), qPrintable(change.before));
    QVERIFY2(
        change.after.startsWith("bag (a integer, b text, c integer not null default 1, constraint bag_c_check CHECK "
                                "((c > 0))) owner"_L1),
        qPrintable(change.after));
}

void TestPostgresCaptureSchema::sequences()
{
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll({ u"SELECT nextval('numbers'), nextval('numbers')"_s });
    QCOMPARE(effects.cautions.size(), 1);
    QCOMPARE(effects.cautions.at(0).text,
             u"sequence public.numbers went from its start to 2, which neither a rollback nor an undo takes back"_s);
    QCOMPARE(m_database->scalar("SELECT last_value FROM numbers"), u"2"_s);
    m_database->exec("ALTER SEQUENCE numbers RESTART");
}

void TestPostgresCaptureSchema::temporaryTables()
{
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects
        = capturing.runAll({ u"CREATE TEMP TABLE scratch AS SELECT 1 AS one"_s, u"INSERT INTO scratch VALUES (2)"_s });
    compareLines(effectsText(effects), { u"caution temporary-table"_s });
}

void TestPostgresCaptureSchema::hiddenRows()
{
    const QByteArray role = m_database->name().toUtf8() + "_r";
    m_database->exec(
        "CREATE ROLE " + role
        + " LOGIN; CREATE TABLE secret (id int, mine bool); INSERT INTO secret VALUES (1, true),"
          " (2, false); ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON secret USING (mine);"
          " CREATE FUNCTION all_of_it() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE secret SET id = id + 10';"
          " GRANT ALL ON secret, customers TO "
        + role);
    {
        const auto connection = connectTo(*m_database, {}, QString::fromUtf8(role));
        PostgresCapturing hidden(*connection);
        compareLines(
            effectsText(hidden.runAll({ u"SELECT all_of_it()"_s })),
            { u"secret ~ #0 indirect (1, true) -> (11, true)"_s,
              u"secret incomplete: row level security may hide rows from this user; the server counted 0 inserted, 2 "
              "updated, 0 deleted"_s });
        PostgresCapturing seen(*connection);
        compareLines(effectsText(seen.runAll({ u"UPDATE secret SET id = 5"_s })),
                     { u"secret ~ #0 direct (1, true) -> (5, true)"_s });
        QVERIFY(seen.errors().isEmpty());
    }
    m_database->exec("DROP FUNCTION all_of_it(); DROP TABLE secret; DROP OWNED BY " + role + "; DROP ROLE " + role);
}

void TestPostgresCaptureSchema::unreadableTable()
{
    const QByteArray role = m_database->name().toUtf8() + "_w";
    m_database->exec("CREATE ROLE " + role + " LOGIN; GRANT INSERT ON bag TO " + role);
    {
        const auto connection = connectTo(*m_database, {}, QString::fromUtf8(role));
        PostgresCapturing capturing(*connection);
        const TargetEffects effects = capturing.runAll({ u"INSERT INTO bag VALUES (8, 'x'), (9, 'y')"_s });
        QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
        compareLines(effectsText(effects),
                     { u"bag incomplete: this user may not read it; the server counted 2 inserted, 0 updated,"
                       " 0 deleted"_s });
        QCOMPARE(effects.tables.at(0).inserted, 2);
    }
    m_database->exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

void TestPostgresCaptureSchema::suppressedTriggers()
{
    const QByteArray role = m_database->name().toUtf8() + "_t";
    m_database->exec("CREATE ROLE " + role + " LOGIN; GRANT ALL ON bag TO " + role);
    {
        const auto connection = connectTo(*m_database, { .suppressTriggers = true }, QString::fromUtf8(role));
        PostgresCapturing capturing(*connection);
        compareLines(effectsText(capturing.runAll({ u"DELETE FROM bag WHERE a = 2"_s })),
                     { u"bag - #0 direct (2, y)"_s, u"caution triggers-fire"_s });
    }
    {
        const auto connection = connectTo(*m_database, { .suppressTriggers = true });
        PostgresCapturing capturing(*connection);
        // Nor do foreign keys act.
        compareLines(effectsText(capturing.runAll({ u"DELETE FROM customers WHERE id = 1"_s })),
                     { u"customers - #0 direct (1, Ada)"_s });
    }
    m_database->exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

QTEST_GUILESS_MAIN(TestPostgresCaptureSchema)
#include "tst_postgrescaptureschema.moc"
