// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgrescapturing.h"

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE customers (id int PRIMARY KEY, name text, touched int DEFAULT 0);
    CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE INDEX ON orders (customer);
    CREATE TABLE lines (ord int REFERENCES orders ON DELETE SET NULL ON UPDATE CASCADE, what text);
    CREATE INDEX ON lines (ord);
    CREATE TABLE notes (customer int REFERENCES customers ON DELETE CASCADE, what text);
    CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree ON DELETE CASCADE);
    CREATE INDEX ON tree (parent);
    CREATE TABLE pairs (a int, b text, v int, PRIMARY KEY (a, b));
    CREATE TABLE halves (a int, b text, FOREIGN KEY (a, b) REFERENCES pairs ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE INDEX ON halves (b, a);
    CREATE TABLE bag (x int, y text);
    CREATE TABLE days (day date PRIMARY KEY, v int);
    CREATE TABLE audited (id int PRIMARY KEY, v int);
    CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
    CREATE TABLE logged (id int PRIMARY KEY, v int);
    CREATE TABLE log (what text);
    CREATE TABLE counted (id int PRIMARY KEY, v int);
    CREATE TABLE total (n int);
    CREATE TABLE touched (id int PRIMARY KEY, v int, n int DEFAULT 0);
    CREATE TABLE picky (id int PRIMARY KEY, v int);
    CREATE TABLE undecided (id int PRIMARY KEY, v int);
    CREATE TABLE parts (k int, id int, v text, PRIMARY KEY (k, id)) PARTITION BY LIST (k);
    CREATE TABLE parts1 PARTITION OF parts FOR VALUES IN (1);
    CREATE TABLE parts2 PARTITION OF parts FOR VALUES IN (2);

    CREATE FUNCTION to_audit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP); RETURN NULL; END $$;
    CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON audited FOR EACH ROW EXECUTE FUNCTION to_audit();
    CREATE FUNCTION to_log() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO log VALUES (TG_OP); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER log AFTER UPDATE ON logged DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION to_log();
    CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE total SET n = n + 1; RETURN NULL; END $$;
    CREATE TRIGGER count AFTER UPDATE ON counted FOR EACH ROW EXECUTE FUNCTION count_it();
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE touched SET n = n + 1 WHERE id = NEW.id; RETURN NULL; END $$;
    CREATE TRIGGER touch AFTER UPDATE OF v ON touched FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE FUNCTION pick() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.v := NEW.v * 10; RETURN CASE WHEN NEW.id = 2 THEN NULL ELSE NEW END; END $$;
    CREATE TRIGGER pick BEFORE UPDATE ON picky FOR EACH ROW EXECUTE FUNCTION pick();
    CREATE FUNCTION undecide() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
             IF NEW.v > 0 THEN
               BEGIN UPDATE undecided SET v = -1 WHERE id = 3; PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN END;
             END IF;
             RETURN NULL; END $$;
    CREATE TRIGGER undecide AFTER UPDATE ON undecided FOR EACH ROW EXECUTE FUNCTION undecide();

    INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, 5) g;
    INSERT INTO orders SELECT g, 1 + g % 5 FROM generate_series(1, 20) g;
    INSERT INTO lines SELECT 1 + g % 20, 'l' || g FROM generate_series(1, 40) g;
    INSERT INTO notes SELECT 1 + g % 2, 'n' || g FROM generate_series(1, 10) g;
    INSERT INTO tree SELECT g, nullif(g / 2, 0) FROM generate_series(1, 15) g;
    INSERT INTO pairs SELECT g, 'q' || chr(34) || chr(92) || g, g FROM generate_series(1, 4) g;
    INSERT INTO halves SELECT a, b FROM pairs;
    INSERT INTO bag SELECT g % 3, 'same' FROM generate_series(1, 9) g;
    INSERT INTO days SELECT date '2025-12-30' + g, g FROM generate_series(0, 3) g;
    INSERT INTO audit (what) SELECT 'old' FROM generate_series(1, 3);
    INSERT INTO log SELECT 'old' FROM generate_series(1, 3);
    INSERT INTO total VALUES (0);
    INSERT INTO audited SELECT g, g FROM generate_series(1, 3) g;
    INSERT INTO logged SELECT * FROM audited; INSERT INTO counted SELECT * FROM audited;
    INSERT INTO touched SELECT * FROM audited; INSERT INTO picky SELECT * FROM audited;
    INSERT INTO undecided SELECT * FROM audited;
    INSERT INTO parts SELECT 1 + g % 2, g, 'p' FROM generate_series(1, 8) g;
    CREATE FUNCTION forget(int) RETURNS void LANGUAGE sql AS $$ DELETE FROM customers WHERE id = $1 $$;
)sql";

/// "orders looked-up", sorted.
QStringList waysOf(const TargetEffects& effects)
{
    QStringList ways;
    for (const TableEffects& table : effects.tables)
        ways.append(table.name.table + u' ' + captureWayName(table.way));
    ways.sort();
    return ways;
}

QStringList scanned(QStringList ways)
{
    ways.replaceInStrings(u"looked-up"_s, u"scanned"_s);
    return ways;
}

} // namespace

/// The cheap ways are taken, give what the scan gives, and stand back for it where they do not explain the counters.
class TestPostgresLookup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void looksUp_data();
    void looksUp();
    void otherOperators();
    void rowCommands();
    void afterRollbackToSavepoint();
    void manyRows();
    void keepsItsCompanion();

private:
    std::optional<TestPostgres> m_database;
    std::unique_ptr<PostgresConnection> m_connection;
};

void TestPostgresLookup::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace(shop);
    m_connection = connectTo(*m_database);
}

void TestPostgresLookup::cleanupTestCase()
{
    m_connection.reset();
    m_database.reset();
}

void TestPostgresLookup::looksUp_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("ways");
    const auto row = [](const char* name, const QStringList& statements, const QStringList& ways) {
        QTest::newRow(name) << statements << ways;
    };
    row("update by key", { u"UPDATE customers SET name = 'x' WHERE id = 2"_s }, { u"customers looked-up"_s });
    row("update of all", { u"UPDATE customers SET name = name || 'x'"_s }, { u"customers looked-up"_s });
    row("update with a join", { u"UPDATE customers c SET name = 'o' FROM orders o WHERE o.customer = c.id"_s },
        { u"customers looked-up"_s });
    row("insert", { u"INSERT INTO bag SELECT g, 'new' FROM generate_series(1, 4) g"_s }, { u"bag looked-up"_s });
    row("delete without a key", { u"DELETE FROM bag WHERE x = 1"_s }, { u"bag looked-up"_s });
    row("upsert",
        { u"INSERT INTO customers VALUES (1, 'u'), (9, 'v') ON CONFLICT (id) DO UPDATE SET name = excluded.name"_s },
        { u"customers looked-up"_s });
    row("the same row twice",
        { u"UPDATE customers SET name = 'x' WHERE id < 3"_s, u"UPDATE customers SET name = 'y' WHERE id < 2"_s },
        { u"customers looked-up"_s });
    row("insert, update and delete of one row",
        { u"INSERT INTO customers VALUES (9, 'i')"_s, u"UPDATE customers SET name = 'u' WHERE id IN (9, 1)"_s,
          u"DELETE FROM customers WHERE id = 9"_s },
        { u"customers looked-up"_s });
    row("delete and insert again", { u"DELETE FROM tree WHERE id = 15"_s, u"INSERT INTO tree VALUES (15, 1)"_s },
        { u"tree looked-up"_s });
    row("composite key, quoted", { u"UPDATE pairs SET v = 0 WHERE a > 1"_s }, { u"pairs looked-up"_s });
    row("cascade and set null", { u"DELETE FROM orders WHERE id < 4"_s },
        { u"lines looked-up"_s, u"orders looked-up"_s });
    row("cascade through two tables, and one without an index", { u"DELETE FROM customers WHERE id = 1"_s },
        { u"customers looked-up"_s, u"lines looked-up"_s, u"notes scanned"_s, u"orders looked-up"_s });
    row("cascade of a composite key", { u"DELETE FROM pairs WHERE a = 2"_s },
        { u"halves looked-up"_s, u"pairs looked-up"_s });
    row("cascade in a tree", { u"DELETE FROM tree WHERE id = 1"_s }, { u"tree looked-up"_s });
    row("a key is changed", { u"UPDATE customers SET id = 50 WHERE id = 5"_s },
        { u"customers scanned"_s, u"orders looked-up"_s });
    row("update without a key", { u"UPDATE bag SET y = 'u' WHERE x = 1"_s }, { u"bag scanned"_s });
    row("trigger that inserts behind the last key", { u"UPDATE audited SET v = 0"_s },
        { u"audit looked-up"_s, u"audited looked-up"_s });
    row("deferred trigger that inserts without a key", { u"UPDATE logged SET v = 0"_s },
        { u"log looked-up"_s, u"logged looked-up"_s });
    row("trigger that updates another table", { u"UPDATE counted SET v = 0"_s },
        { u"counted looked-up"_s, u"total scanned"_s });
    row("trigger that updates the row itself", { u"UPDATE touched SET v = 0 WHERE id < 3"_s },
        { u"touched looked-up"_s });
    row("trigger before, that changes and skips", { u"UPDATE picky SET v = v + 1"_s }, { u"picky looked-up"_s });
    row("something was rolled back inside", { u"UPDATE undecided SET v = 5 WHERE id = 1"_s },
        { u"undecided scanned"_s });
    row("function", { u"SELECT forget(2)"_s },
        { u"customers scanned"_s, u"lines looked-up"_s, u"notes scanned"_s, u"orders looked-up"_s });
    row("insert that returns", { u"INSERT INTO customers VALUES (7, 'r') RETURNING id"_s },
        { u"customers looked-up"_s });
    row("update that returns", { u"UPDATE customers SET name = 'r' WHERE id = 1 RETURNING id"_s },
        { u"customers scanned"_s });
    row("partition by its name", { u"UPDATE parts1 SET v = 'x'"_s }, { u"parts looked-up"_s });
    row("partitioned table", { u"UPDATE parts SET v = 'x' WHERE k = 1"_s }, { u"parts scanned"_s });
    row("insert into a partitioned table", { u"INSERT INTO parts VALUES (1, 50, 'n'), (2, 51, 'n')"_s },
        { u"parts looked-up"_s });
    row("a key that the old world cannot read",
        { u"SET LOCAL DateStyle = 'German'"_s, u"UPDATE days SET v = 9 WHERE v < 2"_s }, { u"days scanned"_s });
    row("a key that the old world cannot read, and others",
        { u"SET LOCAL DateStyle = 'German'"_s, u"UPDATE days SET v = 9 WHERE v < 2"_s,
          u"UPDATE customers SET name = 'x' WHERE id = 1"_s },
        { u"customers scanned"_s, u"days scanned"_s });
    row("temporary tables named like catalogs",
        { u"CREATE TEMP TABLE pg_locks AS SELECT * FROM pg_catalog.pg_locks WHERE false"_s,
          u"CREATE TEMP TABLE pg_class (a int)"_s, u"CREATE TEMP TABLE pg_attribute (a int)"_s,
          u"UPDATE customers SET name = 'x' WHERE id = 1"_s, u"SELECT forget(1)"_s },
        { u"customers looked-up"_s, u"lines looked-up"_s, u"notes scanned"_s, u"orders looked-up"_s });
}

void TestPostgresLookup::looksUp()
{
    QFETCH(QStringList, statements);
    QFETCH(QStringList, ways);
    PostgresCapturing full(*m_connection, Verification::Fully);
    const TargetEffects scan = full.runAll(statements);
    QVERIFY2(full.errors().isEmpty(), qPrintable(full.errors().value(0).text()));
    PostgresCapturing cheap(*m_connection);
    const TargetEffects effects = cheap.runAll(statements);
    QVERIFY2(cheap.errors().isEmpty(), qPrintable(cheap.errors().value(0).text()));
    const auto withoutSequences = [](const TargetEffects& all) {
        QStringList lines = effectsText(all);
        lines.removeAll(u"caution sequence-advanced"_s);
        return lines;
    };
    if (ways.contains(u"audit looked-up"_s)) // whose keys come from a sequence
        QCOMPARE(withoutSequences(effects).size(), withoutSequences(scan).size());
    else
        QCOMPARE(withoutSequences(effects), withoutSequences(scan));
    QVERIFY(!effects.tables.isEmpty());
    for (const TableEffects& table : effects.tables)
        QVERIFY2(table.complete, qPrintable(table.incompleteReason));
    QCOMPARE(waysOf(effects), ways);
    QCOMPARE(waysOf(scan), scanned(ways));
}

void TestPostgresLookup::otherOperators()
{
    TestPostgres database("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b');"
                          " CREATE FUNCTION never(text, text) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                          " CREATE FUNCTION never(int, int) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                          " CREATE FUNCTION never(oid, oid) RETURNS bool LANGUAGE sql AS 'SELECT false';"
                          " CREATE OPERATOR public.= (leftarg = text, rightarg = text, function = never);"
                          " CREATE OPERATOR public.= (leftarg = int, rightarg = int, function = never);"
                          " CREATE OPERATOR public.= (leftarg = oid, rightarg = oid, function = never);"
                          " CREATE TABLE public.pg_namespace (x int);");
    database.exec("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog',"
                  " current_database()); END $$");
    const auto connection = connectTo(database);
    PostgresCapturing capturing(*connection);
    const TargetEffects effects = capturing.runAll({ u"UPDATE t SET v = 'x' WHERE id OPERATOR(pg_catalog.=) 1"_s,
                                                     u"DELETE FROM t WHERE id OPERATOR(pg_catalog.=) 2"_s });
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QCOMPARE(effects.tables.size(), 1);
    QCOMPARE(effects.tables.constFirst().updated, 1);
    QCOMPARE(effects.tables.constFirst().deleted, 1);
}

void TestPostgresLookup::rowCommands()
{
    QStringList texts;
    for (const Verification verification : { Verification::Fully, Verification::Cheapest }) {
        PostgresCapturing capturing(*m_connection, verification);
        QVERIFY(capturing.begin({}));
        capturing.write(0, u"customers"_s, "INSERT INTO customers VALUES ($1, $2)",
                        { Value::integer(7), Value::text(u"new"_s) });
        capturing.write(1, u"orders"_s, "UPDATE orders SET customer = $1 WHERE id = $2",
                        { Value::integer(7), Value::integer(3) });
        capturing.write(2, u"orders"_s, "DELETE FROM orders WHERE id = $1", { Value::integer(3) });
        capturing.write(3, u"customers"_s, "UPDATE customers SET name = $1 WHERE id = $2",
                        { Value::text(u"u"_s), Value::integer(1) });
        const TargetEffects effects = capturing.end();
        QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
        texts.append(effectsText(effects).join(u'\n'));
        const QStringList ways { u"customers looked-up"_s, u"lines looked-up"_s, u"orders looked-up"_s };
        QCOMPARE(waysOf(effects), verification == Verification::Fully ? scanned(ways) : ways);
    }
    QCOMPARE(texts.at(0), texts.at(1));
}

void TestPostgresLookup::afterRollbackToSavepoint()
{
    // The insert that is taken back would otherwise stand for the old version that the second key change hides.
    PostgresCapturing capturing(*m_connection);
    QVERIFY(capturing.begin({}));
    QVERIFY(m_connection->savepoint("holdpoint_chunk").ok());
    capturing.run(0, u"INSERT INTO customers VALUES (8, 'lost')"_s);
    QVERIFY(m_connection->rollbackTo("holdpoint_chunk").ok());
    capturing.capture().rolledBackToSavepoint();
    capturing.run(0, u"UPDATE customers SET id = 30 WHERE id = 3"_s);
    const TargetEffects effects = capturing.end();
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QVERIFY(effectsText(effects).contains(u"customers ~ #0 direct (3, c3, 0) -> (30, c3, 0)"_s));
    QVERIFY(waysOf(effects).contains(u"customers scanned"_s));
}

void TestPostgresLookup::manyRows()
{
    m_database->exec("CREATE TABLE big (id int PRIMARY KEY, v int, t text);"
                     " INSERT INTO big SELECT g, g, 't' FROM generate_series(1, 20000) g");
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects
        = capturing.runAll({ u"UPDATE big SET v = -v WHERE id % 2 = 0"_s, u"DELETE FROM big WHERE id % 10 = 1"_s,
                             u"INSERT INTO big SELECT g, 0, 'new' FROM generate_series(20001, 25000) g"_s });
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QCOMPARE(waysOf(effects), QStringList { u"big looked-up"_s });
    const TableEffects& big = effects.tables.constFirst();
    QCOMPARE(big.updated, 10000);
    QCOMPARE(big.deleted, 2000);
    QCOMPARE(big.inserted, 5000);
}

void TestPostgresLookup::keepsItsCompanion()
{
    const QStringList statements { u"UPDATE customers SET name = 'x' WHERE id = 2"_s };
    const QStringList expected { u"customers ~ #0 direct (2, c2, 0) -> (2, x, 0)"_s };
    const auto others = [&] {
        return m_database->scalar(
            "SELECT string_agg(pid::text, ' ' ORDER BY pid) FROM pg_stat_activity WHERE datname ="
            " current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
    };
    PostgresCapturing before(*m_connection);
    compareLines(effectsText(before.runAll(statements)), expected);
    const QString pids = others();
    PostgresCapturing again(*m_connection);
    compareLines(effectsText(again.runAll(statements)), expected);
    QCOMPARE(others(), pids);

    const QString own = first(m_connection->query(statement("SELECT pg_backend_pid()")));
    m_database->exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), "
                     + own.toUtf8() + ')');
    PostgresCapturing anew(*m_connection);
    compareLines(effectsText(anew.runAll(statements)), expected);
    QVERIFY2(anew.errors().isEmpty(), qPrintable(anew.errors().value(0).text()));
    QVERIFY(others() != pids);

    {
        PostgresCapturing abandoned(*m_connection); // destroyed before its end
        QVERIFY(abandoned.begin(statements));
        QVERIFY(m_connection->rollback().ok());
    }
    PostgresCapturing last(*m_connection);
    compareLines(effectsText(last.runAll(statements)), expected);
}

QTEST_GUILESS_MAIN(TestPostgresLookup)
#include "tst_postgreslookup.moc"
