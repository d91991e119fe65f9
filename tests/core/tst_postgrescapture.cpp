// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgrescapturing.h"

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE log (what text);
    CREATE TABLE customers (id int PRIMARY KEY, name text);
    CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE ON UPDATE CASCADE,
        note text);
    CREATE TABLE lines (id int PRIMARY KEY, ord int REFERENCES orders ON DELETE SET NULL);
    CREATE TABLE bag (a int, b text);
    CREATE TABLE later (id int PRIMARY KEY);
    CREATE TABLE parts (k int, id int, v text, PRIMARY KEY (k, id)) PARTITION BY LIST (k);
    CREATE TABLE parts1 PARTITION OF parts FOR VALUES IN (1);
    CREATE TABLE parts2 (v text, gone int, id int NOT NULL, k int NOT NULL);
    ALTER TABLE parts2 DROP COLUMN gone;
    ALTER TABLE parts ATTACH PARTITION parts2 FOR VALUES IN (2, 3);
    CREATE TABLE parent (a int, b text);
    CREATE TABLE child (c int) INHERITS (parent);
    CREATE TABLE ruled (a int);
    CREATE RULE to_bag AS ON INSERT TO ruled DO INSTEAD INSERT INTO bag VALUES (NEW.a, 'rule');
    CREATE VIEW names AS SELECT id, name FROM customers;
    CREATE VIEW shown AS SELECT id FROM customers;

    CREATE FUNCTION note_order() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO log VALUES (TG_OP || ' ' || coalesce(NEW.id, OLD.id)); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION note_order();
    CREATE FUNCTION note_later() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO log VALUES ('later ' || NEW.id); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER note AFTER INSERT ON later DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION note_later();
    CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE customers SET name = 'instead' WHERE id = OLD.id; RETURN NEW; END $$;
    CREATE TRIGGER instead INSTEAD OF UPDATE ON shown FOR EACH ROW EXECUTE FUNCTION instead();
    CREATE FUNCTION rename(int, text) RETURNS void LANGUAGE sql AS $$ UPDATE customers SET name = $2 WHERE id = $1 $$;

    INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cy');
    INSERT INTO orders VALUES (10, 1, 'x'), (11, 1, 'y'), (20, 2, 'z');
    INSERT INTO lines VALUES (100, 10), (101, 11), (200, 20);
    INSERT INTO bag VALUES (1, 'same'), (1, 'same'), (1, 'same'), (2, 'other');
    INSERT INTO parts VALUES (1, 1, 'a'), (2, 2, 'b');
    CREATE TABLE reals (p int, x float8) PARTITION BY LIST (p);
    CREATE TABLE reals1 PARTITION OF reals FOR VALUES IN (1); CREATE TABLE reals2 PARTITION OF reals FOR VALUES IN (2);
    INSERT INTO reals VALUES (1, 0), (1, '-0');
    INSERT INTO parent VALUES (1, 'p');
    INSERT INTO child VALUES (2, 'c', 3);
    TRUNCATE log;
)sql";

} // namespace

class TestPostgresCapture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void seesEachChange_data();
    void seesEachChange();
    void attributesRowCommands();
    void attributesAcrossSavepoints();
    void countsAndColumns();
    void givesTheSinkWhatTheStatementGave();
    void failingStatement();
    void failingDeferredConstraint();
    void exactValues();
    void printsAsTheOldWorld();
    void concurrentWriters();
    void concurrentRowLocks();
    void commitsAsPrevewed();
    void readsTwiceOnOneConnection();

private:
    std::optional<TestPostgres> m_database;
    std::unique_ptr<PostgresConnection> m_connection;
};

void TestPostgresCapture::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace(shop);
    m_connection = connectTo(*m_database);
}

void TestPostgresCapture::cleanupTestCase()
{
    m_connection.reset();
    m_database.reset();
}

void TestPostgresCapture::seesEachChange_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QStringList& statements, const QStringList& expected) {
        QTest::newRow(name) << statements << expected;
    };
    row("nothing", {}, {});
    row("only reading", { u"SELECT * FROM customers"_s, u"SELECT * FROM customers FOR UPDATE"_s }, {});
    row("an update of nothing", { u"UPDATE customers SET name = 'x' WHERE id = 99"_s }, {});
    row("an update that changes nothing", { u"UPDATE customers SET name = name"_s }, {});
    row("update", { u"UPDATE customers SET name = 'A' WHERE id = 1;"_s },
        { u"customers ~ #0 direct (1, Ada) -> (1, A)"_s });
    row("update with an alias and a join",
        { u"UPDATE customers c SET name = o.note FROM orders o WHERE o.id = 20 AND c.id = 2"_s },
        { u"customers ~ #0 direct (2, Bob) -> (2, z)"_s });
    row("update that returns", { u"UPDATE customers SET name = 'A' WHERE id = 1 RETURNING id"_s },
        { u"customers ~ #0 direct (1, Ada) -> (1, A)"_s });
    row("insert and delete again",
        { u"INSERT INTO customers VALUES (9, 'n')"_s, u"DELETE FROM customers WHERE id = 9"_s }, {});
    row("delete and insert again",
        { u"DELETE FROM customers WHERE id = 3"_s, u"INSERT INTO customers VALUES (3, 'Cy')"_s }, {});
    row("delete and insert another",
        { u"DELETE FROM customers WHERE id = 3"_s, u"INSERT INTO customers VALUES (3, 'Dee')"_s },
        { u"customers ~ #0 direct (3, Cy) -> (3, Dee)"_s });
    row("changed twice",
        { u"UPDATE customers SET name = 'x' WHERE id = 1"_s, u"UPDATE customers SET name = 'y' WHERE id = 1"_s },
        { u"customers ~ #0 direct (1, Ada) -> (1, y)"_s });
    row("changed and changed back",
        { u"UPDATE customers SET name = 'x' WHERE id = 1"_s, u"UPDATE customers SET name = 'Ada' WHERE id = 1"_s }, {});
    row("changed key", { u"UPDATE customers SET id = 30 WHERE id = 3"_s },
        { u"customers ~ #0 direct (3, Cy) -> (30, Cy)"_s });
    row("trigger", { u"INSERT INTO orders VALUES (30, 3, 'n')"_s, u"UPDATE orders SET note = 'm' WHERE id = 20"_s },
        { u"log + #0 indirect (INSERT 30)"_s, u"log + #1 indirect (UPDATE 20)"_s,
          u"orders ~ #1 direct (20, 2, z) -> (20, 2, m)"_s, u"orders + #0 direct (30, 3, n)"_s });
    row("cascade and set null", { u"DELETE FROM customers WHERE id = 1"_s },
        { u"customers - #0 direct (1, Ada)"_s, u"lines ~ #0 indirect (100, 10) -> (100, NULL)"_s,
          u"lines ~ #0 indirect (101, 11) -> (101, NULL)"_s, u"log + #0 indirect (DELETE 10)"_s,
          u"log + #0 indirect (DELETE 11)"_s, u"orders - #0 indirect (10, 1, x)"_s,
          u"orders - #0 indirect (11, 1, y)"_s });
    row("update cascade", { u"UPDATE customers SET id = 22 WHERE id = 2"_s },
        { u"customers ~ #0 direct (2, Bob) -> (22, Bob)"_s, u"log + #0 indirect (UPDATE 20)"_s,
          u"orders ~ #0 indirect (20, 2, z) -> (20, 22, z)"_s });
    row("deferred trigger", { u"INSERT INTO later VALUES (1)"_s, u"UPDATE customers SET name = 'x' WHERE id = 3"_s },
        { u"customers ~ #1 direct (3, Cy) -> (3, x)"_s, u"later + #0 direct (1)"_s, u"log + #? indirect (later 1)"_s });
    row("duplicates without a key",
        { u"DELETE FROM bag WHERE ctid = (SELECT min(ctid) FROM bag)"_s, u"UPDATE bag SET b = 'new' WHERE a = 2"_s,
          u"INSERT INTO bag VALUES (1, 'same')"_s },
        { u"bag ~ #1 direct (2, other) -> (2, new)"_s });
    row("partitions", { u"INSERT INTO parts VALUES (3, 3, 'c')"_s, u"UPDATE parts SET v = 'B' WHERE id = 2"_s },
        { u"parts ~ #1 direct (2, 2, b) -> (2, 2, B) @parts2"_s, u"parts + #0 direct (3, 3, c) @parts2"_s });
    row("a row moves between partitions", { u"UPDATE parts SET k = 3, v = 'moved' WHERE id = 1"_s },
        { u"parts ~ #0 direct (1, 1, a) -> (3, 1, moved) @parts2"_s });
    row("two rows of almost the same values move between partitions", { u"UPDATE reals SET p = 2"_s },
        { u"reals ~ #0 direct (1, 0) -> (2, 0) @reals2"_s, u"reals ~ #0 direct (1, -0) -> (2, -0) @reals2"_s });
    row("a partition written by its name", { u"DELETE FROM parts1"_s }, { u"parts - #0 direct (1, 1, a) @parts1"_s });
    row("inheritance", { u"UPDATE parent SET b = 'x'"_s, u"DELETE FROM ONLY parent"_s },
        { u"child ~ #0 direct (2, c, 3) -> (2, x, 3)"_s, u"parent - #0 direct (1, p)"_s });
    row("rule", { u"INSERT INTO ruled VALUES (5)"_s }, { u"bag + #0 indirect (5, rule)"_s });
    row("view", { u"UPDATE names SET name = 'v' WHERE id = 1"_s }, { u"customers ~ #0 indirect (1, Ada) -> (1, v)"_s });
    row("view with an INSTEAD OF trigger", { u"UPDATE shown SET id = 1 WHERE id = 1"_s },
        { u"customers ~ #0 indirect (1, Ada) -> (1, instead)"_s });
    row("function",
        { u"SELECT rename(1, 'f')"_s, u"UPDATE customers SET name = 'g' WHERE id = 2"_s, u"SELECT rename(3, 'h')"_s },
        { u"customers ~ #0 indirect (1, Ada) -> (1, f)"_s, u"customers ~ #1 direct (2, Bob) -> (2, g)"_s,
          u"customers ~ #2 indirect (3, Cy) -> (3, h)"_s });
    row("DO with an exception handler",
        { u"DO $$ BEGIN BEGIN UPDATE customers SET name = 'lost' WHERE id = 1; PERFORM 1/0; EXCEPTION WHEN "
          u"division_by_zero THEN"
          " UPDATE customers SET name = 'kept' WHERE id = 2; END; UPDATE customers SET name = 'end' WHERE id = 3; END $$"_s,
          u"INSERT INTO bag VALUES (7, 'after')"_s },
        { u"bag + #1 direct (7, after)"_s, u"customers ~ #0 indirect (2, Bob) -> (2, kept)"_s,
          u"customers ~ #0 indirect (3, Cy) -> (3, end)"_s });
    row("MERGE",
        { u"MERGE INTO customers c USING (VALUES (1, 'M'), (9, 'N')) n(id, name) ON n.id = c.id"
          " WHEN MATCHED THEN UPDATE SET name = n.name WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.name)"_s },
        { u"customers ~ #0 indirect (1, Ada) -> (1, M)"_s, u"customers + #0 indirect (9, N)"_s });
    row("upsert",
        { u"INSERT INTO customers VALUES (1, 'U'), (9, 'V') ON CONFLICT (id) DO UPDATE SET name = excluded.name"_s },
        { u"customers ~ #0 direct (1, Ada) -> (1, U)"_s, u"customers + #0 direct (9, V)"_s });
    row("conflict without action", { u"INSERT INTO customers VALUES (1, 'U') ON CONFLICT DO NOTHING"_s }, {});
    row("writable CTE",
        { u"WITH gone AS (DELETE FROM bag WHERE a = 2 RETURNING *) INSERT INTO log SELECT b FROM gone"_s },
        { u"bag - #0 indirect (2, other)"_s, u"log + #0 indirect (other)"_s });
    row("statements of several kinds between",
        { u"UPDATE customers SET name = 'a' WHERE id = 1"_s, u"SELECT 1"_s,
          u"UPDATE customers SET name = 'x' WHERE false"_s, u"SELECT rename(2, 'b')"_s,
          u"INSERT INTO orders VALUES (40, 3, 'n')"_s },
        { u"customers ~ #0 direct (1, Ada) -> (1, a)"_s, u"customers ~ #3 indirect (2, Bob) -> (2, b)"_s,
          u"log + #4 indirect (INSERT 40)"_s, u"orders + #4 direct (40, 3, n)"_s });
    row("notification", { u"NOTIFY shop, 'x'"_s }, { u"caution notify"_s });
}

void TestPostgresCapture::seesEachChange()
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

void TestPostgresCapture::attributesRowCommands()
{
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    capturing.write(0, u"customers"_s, "INSERT INTO customers VALUES ($1, $2)",
                    { Value::integer(7), Value::text(u"new"_s) });
    capturing.write(1, u"orders"_s, "INSERT INTO orders VALUES ($1, $2)", { Value::integer(70), Value::integer(7) });
    capturing.write(2, u"parts"_s, "UPDATE parts SET v = 'w' WHERE k = 1 AND id = 1");
    capturing.write(3, u"customers"_s, "DELETE FROM customers WHERE id = 2");
    capturing.write(4, u"orders"_s, "DELETE FROM orders WHERE id = 70");
    capturing.run(5, u"SELECT rename(1, 'f')"_s);
    capturing.write(6, u"customers"_s, "UPDATE customers SET name = 'g' WHERE id = 3");
    const TargetEffects effects = capturing.end();
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects),
                 { u"customers ~ #5 indirect (1, Ada) -> (1, f)"_s, u"customers - #3 direct (2, Bob)"_s,
                   u"customers ~ #6 direct (3, Cy) -> (3, g)"_s, u"customers + #0 direct (7, new)"_s,
                   u"lines ~ #3 indirect (200, 20) -> (200, NULL)"_s, u"log + #3 indirect (DELETE 20)"_s,
                   u"log + #4 indirect (DELETE 70)"_s, u"log + #1 indirect (INSERT 70)"_s,
                   u"orders - #3 indirect (20, 2, z)"_s, u"parts ~ #2 direct (1, 1, a) -> (1, 1, w) @parts1"_s });
}

void TestPostgresCapture::attributesAcrossSavepoints()
{
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    capturing.write(0, u"customers"_s, "UPDATE customers SET name = 'a' WHERE id = 1");
    QVERIFY(m_connection->savepoint("holdpoint_chunk").ok());
    capturing.write(1, u"customers"_s, "UPDATE customers SET name = 'lost' WHERE id = 2");
    capturing.run(2, u"SELECT rename(3, 'lost')"_s);
    QVERIFY(m_connection->rollbackTo("holdpoint_chunk").ok());
    capturing.capture().rolledBackToSavepoint();
    QVERIFY(m_connection->savepoint("holdpoint_chunk").ok());
    capturing.write(1, u"orders"_s, "UPDATE orders SET note = 'b' WHERE id = 20");
    capturing.run(2, u"SELECT rename(3, 'c')"_s);
    QVERIFY(m_connection->releaseSavepoint("holdpoint_chunk").ok());
    QVERIFY(m_connection->savepoint("holdpoint_chunk").ok());
    capturing.write(3, u"bag"_s, "INSERT INTO bag VALUES (8, 'd')");
    QVERIFY(m_connection->releaseSavepoint("holdpoint_chunk").ok());
    const TargetEffects effects = capturing.end();
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects),
                 { u"bag + #3 direct (8, d)"_s, u"customers ~ #0 direct (1, Ada) -> (1, a)"_s,
                   u"customers ~ #2 indirect (3, Cy) -> (3, c)"_s, u"log + #1 indirect (UPDATE 20)"_s,
                   u"orders ~ #1 direct (20, 2, z) -> (20, 2, b)"_s });
}

void TestPostgresCapture::countsAndColumns()
{
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects
        = capturing.runAll({ u"DELETE FROM orders WHERE customer = 1"_s, u"INSERT INTO parts VALUES (1, 5, 'n')"_s });
    QCOMPARE(effects.tables.size(), 4);
    const TableEffects& orders = effects.tables.at(2);
    QCOMPARE(orders.name, (TableName { u"public"_s, u"orders"_s }));
    QCOMPARE(orders.columns, QStringList({ u"id"_s, u"customer"_s, u"note"_s }));
    QCOMPARE(orders.keyColumns, QList<int>({ 0 }));
    QCOMPARE(orders.deleted, 2);
    QCOMPARE(effects.tables.at(1).name.table, u"log"_s);
    QCOMPARE(effects.tables.at(1).inserted, 2);
    QVERIFY(effects.tables.at(1).keyColumns.isEmpty());
    QCOMPARE(effects.tables.at(3).keyColumns, QList<int>({ 0, 1 }));
}

void TestPostgresCapture::givesTheSinkWhatTheStatementGave()
{
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    QList<Rowset> answers;
    const auto keep = [&answers](const Result<Rowset>& answer) { answers.append(answer ? *answer : Rowset()); };
    for (const char* text :
         { "UPDATE customers SET name = 'x'", "DELETE FROM bag WHERE a = 1 RETURNING a", "SELECT 42 AS n" })
        capturing.capture().submitSql({ text, {} }, *checkPostgresStatement(QString::fromUtf8(text)), keep);
    QVERIFY(m_connection->flush().ok());
    QCOMPARE(answers.size(), 3);
    QCOMPARE(answers.at(0).affected, 3);
    QVERIFY(answers.at(0).rows.isEmpty());
    QVERIFY(answers.at(0).columns.isEmpty());
    QCOMPARE(answers.at(1).affected, 3);
    QCOMPARE(answers.at(1).columns, QStringList(u"a"_s));
    QCOMPARE(answers.at(1).rows.size(), 3);
    QCOMPARE(answers.at(2).rows.value(0), Row({ Value::integer(42) }));
    std::ignore = capturing.end();
    QVERIFY(capturing.errors().isEmpty());
}

void TestPostgresCapture::failingStatement()
{
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    capturing.run(0, u"UPDATE customers SET nome = 'x'"_s);
    capturing.run(1, u"SELECT 1"_s);
    QVERIFY(m_connection->flush().ok());
    QCOMPARE(capturing.errors().size(), 2);
    QCOMPARE(capturing.errors().at(0).sqlState, u"42703"_s);
    QCOMPARE(capturing.errors().at(0).position, 22);
    QCOMPARE(capturing.errors().at(0).statement, u"UPDATE customers SET nome = 'x'"_s);
    QCOMPARE(capturing.errors().at(1).sqlState, u"25P02"_s);
    std::ignore = capturing.end();
    QVERIFY(!m_connection->inTransaction());
}

void TestPostgresCapture::failingDeferredConstraint()
{
    m_database->exec("ALTER TABLE lines ADD CONSTRAINT late FOREIGN KEY (ord) REFERENCES orders ON DELETE SET NULL"
                     " DEFERRABLE INITIALLY DEFERRED; ALTER TABLE lines DROP CONSTRAINT lines_ord_fkey");
    PostgresCapturing capturing(*m_connection);
    std::ignore = capturing.runAll({ u"INSERT INTO lines VALUES (5, 999)"_s });
    QCOMPARE(capturing.errors().size(), 1);
    QCOMPARE(capturing.errors().at(0).constraint, u"late"_s);
    m_database->exec(
        "ALTER TABLE lines ADD CONSTRAINT lines_ord_fkey FOREIGN KEY (ord) REFERENCES orders ON DELETE SET NULL;"
        " ALTER TABLE lines DROP CONSTRAINT late");
}

void TestPostgresCapture::exactValues()
{
    m_database->exec(
        "CREATE TABLE typed (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, j json, jb jsonb, b bytea, a int[],"
        " n numeric, f float8, ts timestamptz, t timestamp, i interval, u uuid, flag boolean, big int8,"
        " twice int GENERATED ALWAYS AS (id * 2) STORED)");
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll(
        { u"INSERT INTO typed (j, jb, b, a, n, f, ts, t, i, u, flag, big) VALUES ('{\"a\" : 1}', '{\"a\" : 1}', "
          u"'\\x00ff', '{1,NULL}',"
          " 12345678901234567890.1234567890, 0.1, '2026-01-31 12:00:00.000001+00', '-infinity', '1 mon 1.5s',"
          " '00000000-0000-0000-0000-000000000001', true, -9223372036854775808)"_s });
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    const auto text = [](const char16_t* value) { return Value::text(QString::fromUtf16(value)); };
    const Row expected { Value::integer(1),
                         text(u"{\"a\" : 1}"),
                         text(u"{\"a\": 1}"),
                         Value::blob("\x00\xff"_ba),
                         text(u"{1,NULL}"),
                         text(u"12345678901234567890.1234567890"),
                         text(u"0.1"),
                         text(u"2026-01-31 12:00:00.000001+00"),
                         text(u"-infinity"),
                         text(u"1 mon 00:00:01.5"),
                         text(u"00000000-0000-0000-0000-000000000001"),
                         Value::boolean(true),
                         Value::integer(INT64_MIN),
                         Value::integer(2) };
    QCOMPARE(effects.tables.size(), 1);
    const Row& after = effects.tables.at(0).rows.at(0).after;
    QVERIFY2(after == expected, qPrintable(rowText(after)));
    QCOMPARE(effects.tables.at(0).generated, QList<int>({ 13 }));
    QCOMPARE(effects.cautions.value(0).code, u"sequence-advanced"_s);
    QVERIFY2(effects.cautions.value(0).text.contains("typed_id_seq went from its start to 1"_L1),
             qPrintable(effects.cautions.value(0).text));
    m_database->exec("DROP TABLE typed");
}

void TestPostgresCapture::printsAsTheOldWorld()
{
    m_database->exec("CREATE TABLE times (id int PRIMARY KEY, ts timestamptz, b bytea, v int);"
                     " INSERT INTO times VALUES (1, '2026-01-31 12:00:00+00', '\\x41', 1)");
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll(
        { u"SET LOCAL TimeZone = 'Asia/Tokyo'"_s, u"SET LOCAL bytea_output = 'escape'"_s,
          u"SET LOCAL DateStyle = 'German'"_s, u"UPDATE times SET v = v"_s, u"UPDATE times SET v = 2"_s });
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QCOMPARE(effects.tables.size(), 1);
    const RowChange& change = effects.tables.at(0).rows.at(0);
    QVERIFY2(change.before.first(3) == change.after.first(3), qPrintable(effectsText(effects).join(u' ')));
    m_database->exec("DROP TABLE times");
}

void TestPostgresCapture::concurrentWriters()
{
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    m_database->exec("INSERT INTO customers VALUES (50, 'other'); UPDATE customers SET name = 'Theirs' WHERE id = 2;"
                     " INSERT INTO bag VALUES (9, 'other')");
    capturing.run(0, u"UPDATE customers SET name = 'ours' WHERE id = 1"_s);
    capturing.run(1, u"INSERT INTO bag VALUES (3, 'ours')"_s);
    const TargetEffects effects = capturing.end();
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects),
                 { u"bag + #1 direct (3, ours)"_s, u"customers ~ #0 direct (1, Ada) -> (1, ours)"_s });
    m_database->exec("DELETE FROM customers WHERE id = 50; UPDATE customers SET name = 'Bob' WHERE id = 2; DELETE FROM "
                     "bag WHERE a = 9");
}

void TestPostgresCapture::concurrentRowLocks()
{
    const auto other = connectTo(*m_database);
    QVERIFY(other->begin(TransactionMode::Write).ok());
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    capturing.run(0, u"UPDATE customers SET name = 'ours'"_s);
    QVERIFY(m_connection->flush().ok());
    // Turns the old version's xmax into a multixact.
    QVERIFY(other->query(statement("SELECT id FROM customers FOR KEY SHARE")).ok());
    const TargetEffects effects = capturing.end();
    QVERIFY(other->rollback().ok());
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects),
                 { u"customers ~ #0 direct (1, Ada) -> (1, ours)"_s, u"customers ~ #0 direct (2, Bob) -> (2, ours)"_s,
                   u"customers ~ #0 direct (3, Cy) -> (3, ours)"_s });
}

void TestPostgresCapture::commitsAsPrevewed()
{
    const QStringList statements { u"DELETE FROM customers WHERE id = 1"_s, u"INSERT INTO bag VALUES (4, 'x')"_s };
    PostgresCapturing preview(*m_connection);
    const TargetEffects previewed = preview.runAll(statements);
    PostgresCapturing apply(*m_connection);
    const TargetEffects applied = apply.runAll(statements, PostgresCapturing::End::Commit);
    QVERIFY(apply.errors().isEmpty());
    QCOMPARE(effectsText(applied), effectsText(previewed));
    QCOMPARE(digest({ applied }), digest({ previewed }));
    QCOMPARE(m_database->scalar("SELECT count(*) FROM customers WHERE id = 1"), u"0"_s);
    m_database->exec("INSERT INTO customers VALUES (1, 'Ada'); INSERT INTO orders VALUES (10, 1, 'x'), (11, 1, 'y');"
                     " UPDATE lines SET ord = id / 10 WHERE ord IS NULL; DELETE FROM bag WHERE a = 4; TRUNCATE log");
}

void TestPostgresCapture::readsTwiceOnOneConnection()
{
    // The session's counters keep what the first transaction left, so the second must not take them for its own.
    for (int round = 0; round < 3; ++round) {
        PostgresCapturing capturing(*m_connection);
        compareLines(effectsText(capturing.runAll({ u"DELETE FROM bag WHERE a = 2"_s })),
                     { u"bag - #0 direct (2, other)"_s });
    }
}

QTEST_GUILESS_MAIN(TestPostgresCapture)
#include "tst_postgrescapture.moc"
