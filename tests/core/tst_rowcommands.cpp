// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "support/commandrun.h"
#include "support/namedvalues.h"
#include "support/testtarget.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestRowCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inserts_data() { TestTarget::addEngines(); }
    void inserts();
    void updates_data() { TestTarget::addEngines(); }
    void updates();
    void deletes_data() { TestTarget::addEngines(); }
    void deletes();
    void nullKeys_data() { TestTarget::addEngines(); }
    void nullKeys();
    void expectHolds_data() { TestTarget::addEngines(); }
    void expectHolds();
    void failures_data();
    void failures();
    void sqliteOnly();
    void sqliteViews();
    void sqliteIgnoredByATrigger();
    void changesOneOfSeveral_data();
    void changesOneOfSeveral();
    void postgresOnly();
    void runsSql_data() { TestTarget::addEngines(); }
    void runsSql();
};

namespace {

constexpr auto customers
    = "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, city TEXT, total NUMERIC);"
      "INSERT INTO customers VALUES (1, 'Ada', 'London', 5), (2, 'Bob', NULL, 7), (3, 'Bob', 'Rome', 9)";

const TableName table { {}, u"customers"_s };

UpdateRow update(const NamedValues& key, const NamedValues& set, const NamedValues& expect = {})
{
    return UpdateRow(u"shop"_s, table, key, set, expect);
}

DeleteRow removal(const NamedValues& key, const NamedValues& expect = {})
{
    return DeleteRow(u"shop"_s, table, key, expect);
}

InsertRow insertion(const NamedValues& values)
{
    return InsertRow(u"shop"_s, table, values);
}

#define COMMIT(target, ...)                                                                                            \
    do {                                                                                                               \
        CommandRun commitRun((target).connection());                                                                   \
        const auto commitDone = commitRun.commit(__VA_ARGS__);                                                         \
        QVERIFY2(commitDone, commitDone ? "" : qPrintable(commitDone.error().text()));                                 \
    } while (false)

} // namespace

Q_DECLARE_METATYPE(StoreCommandPtr)

void TestRowCommands::inserts()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, QByteArray(customers) + "; CREATE TABLE d(id INTEGER, n TEXT DEFAULT 'none')");
    COMMIT(target, insertion({ integer("id", 4), text("name", "O'Neil; DROP TABLE x"), null("city") }));
    QCOMPARE(target.printed("SELECT id, name, city, total FROM customers WHERE id = 4"),
             u"4|O'Neil; DROP TABLE x|NULL|NULL"_s);
    COMMIT(target, InsertRow(u"shop"_s, { {}, u"d"_s }, {}));
    QCOMPARE(target.printed("SELECT id, n FROM d"), u"NULL|none"_s);
}

void TestRowCommands::updates()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, customers);
    COMMIT(target, update({ integer("id", 1) }, { text("name", "Ada L."), null("city") }));
    QCOMPARE(target.printed("SELECT id, name, city FROM customers ORDER BY id"),
             u"1|Ada L.|NULL\n2|Bob|NULL\n3|Bob|Rome"_s);
    COMMIT(target, update({ integer("id", 1) }, { integer("id", 10) }, { text("name", "Ada L."), null("city") }));
    QCOMPARE(target.printed("SELECT id FROM customers ORDER BY id"), u"2\n3\n10"_s);
}

void TestRowCommands::deletes()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, customers);
    COMMIT(target, removal({ text("name", "Bob"), text("city", "Rome") }, { integer("total", 9) }));
    QCOMPARE(target.printed("SELECT id FROM customers ORDER BY id"), u"1\n2"_s);
}

void TestRowCommands::nullKeys()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, customers);
    COMMIT(target, update({ null("city"), text("name", "Bob") }, { text("city", "Paris") }));
    QCOMPARE(target.printed("SELECT id FROM customers WHERE city = 'Paris'"), u"2"_s);
}

void TestRowCommands::expectHolds()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, customers);
    COMMIT(target, update({ integer("id", 2) }, { text("city", "Paris") }, { null("city"), text("name", "Bob") }));
    CommandRun run(target.connection());
    const auto again = run.commit(update({ integer("id", 2) }, { text("city", "Rome") }, { null("city") }));
    QVERIFY(!again);
    QVERIFY(again.error().message.endsWith("customers, id = 2: city is 'Paris', expected NULL"_L1));
    QCOMPARE(again.error().kind, ErrorKind::Guard);
    QCOMPARE(again.error().column, u"city"_s);
    QCOMPARE(target.printed("SELECT city FROM customers WHERE id = 2"), u"Paris"_s);
}

void TestRowCommands::failures_data()
{
    QTest::addColumn<StoreCommandPtr>("command");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char* name, StoreCommandPtr command, ErrorKind kind, const QString& message,
                        const QString& hint = {}) { QTest::newRow(name) << command << kind << message << hint; };

    row("no row", std::make_shared<UpdateRow>(update({ integer("id", 4) }, { text("name", "x") })), ErrorKind::Guard,
        u"no row of customers has id = 4"_s);
    row("no row to delete", std::make_shared<DeleteRow>(removal({ integer("id", 4), null("city") })), ErrorKind::Guard,
        u"no row of customers has id = 4, city = NULL"_s);
    row("two rows", std::make_shared<UpdateRow>(update({ text("name", "Bob") }, { text("name", "Rob") })),
        ErrorKind::Guard, u"the key name = 'Bob' names 2 rows of customers; it must name exactly one"_s);
    row("two rows to delete", std::make_shared<DeleteRow>(removal({ text("name", "Bob") })), ErrorKind::Guard,
        u"the key name = 'Bob' names 2 rows of customers; it must name exactly one"_s);
    row("another value",
        std::make_shared<UpdateRow>(update({ integer("id", 2) }, { text("name", "x") }, { text("name", "Ada") })),
        ErrorKind::Guard, u"customers, id = 2: name is 'Bob', expected 'Ada'"_s);
    row("two other values",
        std::make_shared<DeleteRow>(removal({ integer("id", 1) }, { text("name", "Bob"), null("city") })),
        ErrorKind::Guard, u"customers, id = 1: name is 'Ada', expected 'Bob'; city is 'London', expected NULL"_s);
    row("another case of letters",
        std::make_shared<UpdateRow>(update({ integer("id", 1) }, { text("name", "x") }, { text("name", "ada") })),
        ErrorKind::Guard, u"customers, id = 1: name is 'Ada', expected 'ada'"_s);
    row("two rows and another value",
        std::make_shared<UpdateRow>(update({ text("name", "Bob") }, { text("name", "x") }, { text("city", "Oslo") })),
        ErrorKind::Guard, u"the key name = 'Bob' names 2 rows of customers; it must name exactly one"_s);
    row("unknown column in set", std::make_shared<UpdateRow>(update({ integer("id", 1) }, { text("nme", "x") })),
        ErrorKind::Statement, u"SCHEMA.customers has no column \"nme\""_s, u"Did you mean name?"_s);
    row("unknown column in key", std::make_shared<DeleteRow>(removal({ integer("idd", 1) })), ErrorKind::Statement,
        u"SCHEMA.customers has no column \"idd\""_s, u"Did you mean id?"_s);
    row("unknown column in expect", std::make_shared<DeleteRow>(removal({ integer("id", 1) }, { text("cty", "x") })),
        ErrorKind::Statement, u"SCHEMA.customers has no column \"cty\""_s, u"Did you mean city?"_s);
    row("unknown column in values", std::make_shared<InsertRow>(insertion({ text("zzzzzz", "x") })),
        ErrorKind::Statement, u"SCHEMA.customers has no column \"zzzzzz\""_s);
    row("no key", std::make_shared<DeleteRow>(removal({})), ErrorKind::Statement,
        u"the key names no column of SCHEMA.customers; it must name one row"_s);
    row("nothing set", std::make_shared<UpdateRow>(update({ integer("id", 1) }, {})), ErrorKind::Usage,
        u"the update of customers sets no column"_s);
    row("a column twice", std::make_shared<InsertRow>(insertion({ text("name", "x"), text("name", "y") })),
        ErrorKind::Statement, u"the column \"name\" of SCHEMA.customers is written twice"_s);
    row("a computed column",
        std::make_shared<InsertRow>(InsertRow(u"shop"_s, { {}, u"computed"_s }, { integer("b", 1) })),
        ErrorKind::Statement, u"the column \"b\" of SCHEMA.computed is computed; it cannot be written"_s);
}

void TestRowCommands::failures()
{
    QFETCH(const StoreCommandPtr, command);
    QFETCH(const ErrorKind, kind);
    QFETCH(const QString, message);
    QFETCH(const QString, hint);
    for (const EngineKind engine : { EngineKind::SQLite, EngineKind::PostgreSQL }) {
        if (engine == EngineKind::PostgreSQL && !TestPostgres::available())
            continue;
        const QByteArray computed = "; CREATE TABLE computed(a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1) STORED)";
        const TestTarget target(engine, customers + computed);
        const QString before = target.printed("SELECT * FROM customers ORDER BY id");
        CommandRun run(target.connection());
        const auto done = run.commit(*command);
        QVERIFY(!done);
        const QString schema = engine == EngineKind::SQLite ? u"main"_s : u"public"_s;
        QCOMPARE(done.error().message, QString(message).replace(u"SCHEMA"_s, schema));
        QCOMPARE(done.error().hint, hint);
        QCOMPARE(done.error().kind, kind);
        QCOMPARE(target.printed("SELECT * FROM customers ORDER BY id"), before);
    }
}

void TestRowCommands::sqliteOnly()
{
    const TestTarget target(EngineKind::SQLite,
                            "CREATE TABLE c(name TEXT COLLATE NOCASE, n INTEGER, x);"
                            "INSERT INTO c VALUES ('Ada', 1, 1.5), ('Bob', 2, x'00ff'), (CAST(x'ff' AS TEXT), 3, '1')");
    const TableName c { u"main"_s, u"c"_s };
    // SQLite's own names do not tell upper from lower case; its rowid is a key too.
    COMMIT(target,
           UpdateRow(u"s"_s, c, { integer("rowid", 1) }, { integer("N", 10) }, { { u"x"_s, Value::real(1.5) } }));
    COMMIT(target,
           UpdateRow(u"s"_s, c, { text("NAME", "bob") }, { integer("n", 20) },
                     { { u"x"_s, Value::blob(QByteArray("\0\xff", 2)) } }));
    COMMIT(target,
           UpdateRow(u"s"_s, c, { { u"name"_s, Value::rawText("\xff") } }, { { u"n"_s, Value::boolean(true) } }));
    QCOMPARE(target.printed("SELECT n, typeof(n) FROM c ORDER BY rowid"), u"10|integer\n20|integer\n1|integer"_s);
    CommandRun run(target.connection());
    // The column's collation takes 'ada' for 'Ada', and a key may; an expected value may not.
    const auto collated
        = run.commit(UpdateRow(u"s"_s, c, { integer("n", 10) }, { integer("n", 2) }, { text("name", "ada") }));
    QVERIFY(!collated);
    QCOMPARE(collated.error().message, u"main.c, n = 10: name is 'Ada', expected 'ada'"_s);
    const auto typed = run.commit(UpdateRow(u"s"_s, c, { integer("n", 1) }, { integer("n", 2) }, { integer("x", 1) }));
    QVERIFY(!typed);
    QCOMPARE(typed.error().message, u"main.c, n = 1: x is '1', expected 1"_s);
}

void TestRowCommands::sqliteViews()
{
    const TestTarget target(
        EngineKind::SQLite,
        QByteArray(customers)
            + "; CREATE VIEW v AS SELECT id, name FROM customers;"
              "CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO customers(id, name) VALUES (new.id, "
              "new.name); END;"
              "CREATE TRIGGER vu INSTEAD OF UPDATE ON v BEGIN UPDATE customers SET name = new.name WHERE id = old.id; "
              "END;"
              "CREATE TRIGGER vd INSTEAD OF DELETE ON v BEGIN DELETE FROM customers WHERE id = old.id; END;");
    const TableName v { {}, u"v"_s };
    COMMIT(target, InsertRow(u"s"_s, v, { integer("id", 4), text("name", "Eve") }));
    COMMIT(target, UpdateRow(u"s"_s, v, { integer("id", 4) }, { text("name", "Eva") }, { text("name", "Eve") }));
    COMMIT(target, DeleteRow(u"s"_s, v, { integer("id", 1) }));
    QCOMPARE(target.printed("SELECT id, name FROM customers ORDER BY id"), u"2|Bob\n3|Bob\n4|Eva"_s);
    CommandRun run(target.connection());
    const auto many = run.commit(DeleteRow(u"s"_s, v, { text("name", "Bob") }));
    QVERIFY(!many);
    QCOMPARE(many.error().message, u"the key name = 'Bob' names 2 rows of v; it must name exactly one"_s);
    const auto none = run.commit(UpdateRow(u"s"_s, v, { integer("id", 9) }, { text("name", "x") }));
    QVERIFY(!none);
    QCOMPARE(none.error().message, u"no row of v has id = 9"_s);
    const auto other = run.commit(DeleteRow(u"s"_s, v, { integer("id", 4) }, { text("name", "Eve") }));
    QVERIFY(!other);
    QCOMPARE(other.error().message, u"v, id = 4: name is 'Eva', expected 'Eve'"_s);
    QCOMPARE(target.printed("SELECT count(*) FROM customers"), u"3"_s);
}

void TestRowCommands::sqliteIgnoredByATrigger()
{
    const TestTarget target(EngineKind::SQLite,
                            QByteArray(customers)
                                + "; CREATE TRIGGER keep BEFORE UPDATE ON customers BEGIN SELECT RAISE(IGNORE); END;"
                                  "CREATE TRIGGER full BEFORE INSERT ON customers BEGIN SELECT RAISE(IGNORE); END");
    CommandRun run(target.connection());
    const auto updated = run.commit(update({ integer("id", 1) }, { text("name", "x") }, { text("name", "Ada") }));
    QVERIFY(!updated);
    QCOMPARE(updated.error().message,
             u"customers, id = 1: the row is there, but was not changed; a trigger, a rule or a policy prevented it"_s);
    const auto inserted = run.commit(insertion({ integer("id", 4) }));
    QVERIFY(!inserted);
    QCOMPARE(
        inserted.error().message,
        u"insert customers: id = 4: 0 rows were changed, not the expected number; a trigger, a rule or a policy may be why"_s);
    QCOMPARE(inserted.error().kind, ErrorKind::Guard);
}

void TestRowCommands::changesOneOfSeveral_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<bool>("deletes");
    const auto lite = EngineKind::SQLite;
    QTest::newRow("a conflict is ignored")
        << lite << "CREATE TABLE t (k PRIMARY KEY ON CONFLICT IGNORE, v)"_ba << false;
    QTest::newRow("a trigger ignores")
        << lite
        << "CREATE TABLE t (k, v); CREATE TRIGGER i BEFORE DELETE ON t WHEN old.v = 1 BEGIN SELECT RAISE(IGNORE); END"_ba
        << true;
    QTest::newRow("a trigger takes away")
        << lite
        << "CREATE TABLE t (k, v); CREATE TRIGGER i BEFORE DELETE ON t BEGIN DELETE FROM t WHERE v <> old.v; END"_ba
        << true;
    QTest::newRow("a cascade takes away")
        << lite << "CREATE TABLE t (k, v PRIMARY KEY, w AS (3 - v) REFERENCES t ON DELETE CASCADE)"_ba << true;
    if (!TestPostgres::available())
        return;
    QTest::newRow("a trigger of PostgreSQL keeps a row")
        << EngineKind::PostgreSQL
        << "CREATE TABLE t (k text, v int); CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
           " RETURN CASE WHEN OLD.v = 1 THEN NULL ELSE NEW END; END $$;"
           " CREATE TRIGGER keep BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep()"_ba
        << false;
}

void TestRowCommands::changesOneOfSeveral()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, schema);
    QFETCH(bool, deletes);
    const TestTarget target(engine, schema + "; INSERT INTO t (v) VALUES (1), (2)");
    CommandRun run(target.connection());
    const TableName t { {}, u"t"_s };
    const NamedValues key { { u"k"_s, Value::null() } };
    const auto done
        = deletes ? run.commit(DeleteRow(u"s"_s, t, key)) : run.commit(UpdateRow(u"s"_s, t, key, { text("k", "x") }));
    QVERIFY(!done);
    QCOMPARE(done.error().kind, ErrorKind::Guard);
    QCOMPARE(done.error().message, u"the key k = NULL names 2 rows of t; it must name exactly one"_s);
    QCOMPARE(target.printed("SELECT count(*) FROM t WHERE k IS NULL"), u"2"_s);
}

void TestRowCommands::postgresOnly()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestTarget target(
        EngineKind::PostgreSQL,
        "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE SCHEMA \"Odd\"; CREATE TYPE pair AS (x int, y text);"
        "CREATE TABLE \"Odd\".t(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, j json, m mood, b boolean,"
        " n numeric, r real, a int[], ts timestamptz, x xml, raw bytea, p pair);"
        "INSERT INTO \"Odd\".t(j, m, b, n, r, a, ts, x, raw, p) VALUES"
        " ('{\"a\": 1}', 'sad', true, 12345678901234567890.10, 0.1, '{1,2}', '2026-01-31 12:00:00.123456+00', '<a/>', "
        "'\\x00ff', '(1,a)')");
    const TableName t { u"Odd"_s, u"t"_s };
    const NamedValues all { text("j", "{\"a\": 1}"),
                            text("m", "sad"),
                            { u"b"_s, Value::boolean(true) },
                            text("n", "12345678901234567890.10"),
                            text("r", "0.1"),
                            text("a", "{1,2}"),
                            text("ts", "2026-01-31 12:00:00.123456+00"),
                            text("x", "<a/>"),
                            text("p", "(1,a)"),
                            { u"raw"_s, Value::blob(QByteArray("\0\xff", 2)) } };
    COMMIT(target,
           UpdateRow(u"s"_s, t, { integer("id", 1) }, { text("m", "happy"), { u"raw"_s, Value::blob("\1") } }, all));
    COMMIT(target,
           UpdateRow(u"s"_s, t, { text("j", "{\"a\": 1}") }, { text("j", "[]"), { u"n"_s, Value::real(0.5) } }));
    // The value of an identity column that is named is meant, so that an undo can restore it.
    COMMIT(target, InsertRow(u"s"_s, t, { integer("id", 77), { u"n"_s, Value::integer(1) } }));
    QCOMPARE(target.printed("SELECT id, m, j, n, encode(raw, 'hex') FROM \"Odd\".t ORDER BY id"),
             u"1|happy|[]|0.5|01\n77|NULL|NULL|1|NULL"_s);
    CommandRun run(target.connection());
    const auto other = run.commit(DeleteRow(u"s"_s, t, { integer("id", 1) }, { text("j", "{}"), text("m", "sad") }));
    QVERIFY(!other);
    QCOMPARE(other.error().message, u"Odd.t, id = 1: j is '[]', expected '{}'; m is 'happy', expected 'sad'"_s);
    const auto upper = run.commit(UpdateRow(u"s"_s, t, { integer("ID", 1) }, { text("m", "sad") }));
    QVERIFY(!upper);
    QCOMPARE(upper.error().message, u"Odd.t has no column \"ID\""_s);
    const auto bad = run.commit(UpdateRow(u"s"_s, t, { integer("id", 1) }, { text("m", "angry") }));
    QVERIFY(!bad);
    QCOMPARE(bad.error().sqlState, u"22P02"_s);
}

void TestRowCommands::runsSql()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, customers);
    const QString one = engine == EngineKind::SQLite ? u"?1"_s : u"$1"_s;
    const QString sql = u"UPDATE customers SET city = 'Oslo' WHERE name = "_s + one;
    COMMIT(target, RunSql(u"s"_s, sql, { Value::text(u"Bob"_s) }, 2));
    QCOMPARE(target.printed("SELECT count(*) FROM customers WHERE city = 'Oslo'"), u"2"_s);
    CommandRun run(target.connection());
    const auto guarded = run.commit(RunSql(u"s"_s, sql, { Value::text(u"Ada"_s) }, 3));
    QVERIFY(!guarded);
    QCOMPARE(guarded.error().message, u"the statement changed 1 rows, expected 3"_s);
    QCOMPARE(guarded.error().kind, ErrorKind::Guard);
    QCOMPARE(target.printed("SELECT count(*) FROM customers WHERE city = 'Oslo'"), u"2"_s);
    COMMIT(target, RunSql(u"s"_s, u"DELETE FROM customers"_s));
}

QTEST_GUILESS_MAIN(TestRowCommands)
#include "tst_rowcommands.moc"
