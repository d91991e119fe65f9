// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "support/engines.h"
#include "transaction/commandrun.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

const QByteArray liteSql = R"(
    CREATE TABLE plain (id INTEGER PRIMARY KEY, a INTEGER DEFAULT 3, b TEXT);
    CREATE TABLE stamped (id INTEGER PRIMARY KEY, a INTEGER, at TEXT DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE steady (id INTEGER PRIMARY KEY, a INTEGER);
    CREATE TABLE log (what TEXT);
    CREATE TABLE unsteady (id INTEGER PRIMARY KEY, a INTEGER);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES plain (id) ON DELETE CASCADE);
    CREATE VIEW lots AS SELECT random() AS r;
    CREATE TRIGGER one AFTER UPDATE ON steady BEGIN INSERT INTO log VALUES (upper('x') || new.a); END;
    CREATE TRIGGER two AFTER UPDATE ON unsteady BEGIN INSERT INTO log VALUES (datetime('now')); END;
    INSERT INTO plain VALUES (1, 1, 'x'), (2, 2, 'y');
    CREATE TABLE full (id INTEGER PRIMARY KEY, a INTEGER);
    CREATE TABLE hidden (a INTEGER);
    INSERT INTO full VALUES (1, 1), (9223372036854775807, 2);
    INSERT INTO hidden (rowid, a) VALUES (9223372036854775807, 2);
    INSERT INTO child VALUES (1, 1);
    INSERT INTO stamped VALUES (1, 1, 'then'); INSERT INTO steady VALUES (1, 1); INSERT INTO unsteady VALUES (1, 1);)";

const QByteArray serverSql = R"(
    CREATE TABLE plain (id integer PRIMARY KEY, a integer DEFAULT 3, b text);
    CREATE TABLE stamped (id integer PRIMARY KEY, a integer, at timestamptz DEFAULT CURRENT_TIMESTAMP);
    CREATE TABLE numbered (id serial PRIMARY KEY, a integer);
    CREATE TABLE identity (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer);
    CREATE DOMAIN drawn AS integer DEFAULT floor(random() * 6);
    CREATE TABLE dice (id integer PRIMARY KEY, a drawn);
    CREATE TABLE unsteady (id integer PRIMARY KEY, a integer);
    CREATE TABLE child (id integer PRIMARY KEY, parent integer REFERENCES plain (id) ON DELETE CASCADE);
    CREATE TABLE ruled (id integer PRIMARY KEY, a integer);
    CREATE TABLE parts (id integer PRIMARY KEY, a integer) PARTITION BY RANGE (id);
    CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (100);
    CREATE VIEW lots AS SELECT random() AS r;
    CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
    CREATE FUNCTION lottery(integer) RETURNS integer LANGUAGE sql AS 'SELECT floor(random() * $1)::integer';
    CREATE FUNCTION any_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
    CREATE TRIGGER two AFTER UPDATE ON unsteady FOR EACH ROW EXECUTE FUNCTION any_trigger();
    CREATE TRIGGER three AFTER UPDATE ON part FOR EACH ROW EXECUTE FUNCTION any_trigger();
    CREATE RULE one AS ON UPDATE TO ruled DO ALSO SELECT 1;
    INSERT INTO plain VALUES (1, 1, 'x'), (2, 2, 'y');
    INSERT INTO child VALUES (1, 1); INSERT INTO parts VALUES (1, 1);
    INSERT INTO stamped VALUES (1, 1, '2020-01-01'); INSERT INTO unsteady VALUES (1, 1); INSERT INTO ruled VALUES (1, 1);)";

} // namespace

class TestVolatileSources : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void statements_data();
    void statements();
    void rowCommands_data();
    void rowCommands();

private:
    static void tell(EngineKind engine, const StoreCommandPtr& command, int expected);
};

void TestVolatileSources::tell(EngineKind engine, const StoreCommandPtr& command, int expected)
{
    const TestDatabase database(engine, engine == EngineKind::SQLite ? liteSql : serverSql);
    const auto connection = openConnection(database.target(u"shop"_s), {}, nullptr);
    QVERIFY2(connection.ok(), qUtf8Printable(connection.ok() ? QString() : connection.error().text()));
    const Cancellation none;
    const auto transaction = TransactionContext::begin(**connection, TransactionContext::Observe::Effects, {}, none);
    QVERIFY(transaction.ok());
    const std::vector<IndexedCommand> commands { { 0, command } };
    const auto ran = runCommands(**transaction, commands, OnError::Stop, [](qint64) {});
    QVERIFY2(ran && *ran, qUtf8Printable((*transaction)->error(0).value_or(Error()).text()));
    const auto effects = (*transaction)->collect();
    QVERIFY2(effects.ok(), qUtf8Printable(effects.ok() ? QString() : effects.error().text()));
    const auto volatility = (*transaction)->mayBeVolatile(*effects);
    QVERIFY2(volatility.ok(), qUtf8Printable(volatility.ok() ? QString() : volatility.error().text()));
    QCOMPARE(static_cast<int>(*volatility), expected);
    QVERIFY((*transaction)->rollback().ok());
}

void TestVolatileSources::statements_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("expected");
    constexpr int none = static_cast<int>(Volatility::None);
    constexpr int possible = static_cast<int>(Volatility::Possible);
    constexpr int chance = static_cast<int>(Volatility::Chance);
    const auto add = [](EngineKind engine, const QString& text, int expected) {
        if (engine == EngineKind::SQLite || TestPostgres::available())
            QTest::addRow("%s: %s", engine == EngineKind::SQLite ? "SQLite" : "PostgreSQL", qUtf8Printable(text))
                << engine << text << expected;
    };
    const auto both = [&](const QString& text, int expected) {
        add(EngineKind::SQLite, text, expected);
        add(EngineKind::PostgreSQL, text, expected);
    };
    both(u"UPDATE plain SET a = 1 WHERE id = 3"_s, none);
    both(u"UPDATE plain SET a = a + 1, b = b || 'z'"_s, none);
    both(u"UPDATE plain SET b = upper(b) WHERE id IN (SELECT max(id) FROM child)"_s, none);
    both(u"DELETE FROM plain WHERE id = 1"_s, none); // with a cascade
    both(u"INSERT INTO plain (id, b) VALUES (7, 'z')"_s, none); // a constant default
    both(u"UPDATE stamped SET a = 2"_s, none); // the default is not used
    both(u"INSERT INTO stamped (id, a) VALUES (7, 1)"_s, possible);
    both(u"UPDATE plain SET b = CURRENT_TIMESTAMP"_s, possible);
    both(u"UPDATE plain SET a = (SELECT 1 FROM lots)"_s, static_cast<int>(Volatility::Possible) + 10);
    both(u"UPDATE unsteady SET a = 2"_s, possible);
    both(u"CREATE TABLE made (a integer)"_s, possible);

    const auto lite = EngineKind::SQLite;
    add(lite, u"UPDATE steady SET a = 2"_s, none); // a trigger that calls nothing volatile
    add(lite, u"UPDATE plain SET a = random() WHERE id = 1"_s, chance);
    add(lite, u"UPDATE plain SET b = strftime('%Y', 'now')"_s, possible);
    add(lite, u"UPDATE plain SET a = changes()"_s, possible);
    add(lite, u"INSERT INTO full (a) VALUES (3)"_s, possible); // its rowid is drawn
    add(lite, u"INSERT INTO hidden VALUES (3)"_s, possible); // others may hold a copy of it
    add(lite, u"UPDATE full SET a = 3"_s, none);
    add(lite, u"INSERT INTO plain (b) VALUES ('q')"_s, none); // the next one

    const auto server = EngineKind::PostgreSQL;
    add(server, u"UPDATE plain SET a = twice(a)"_s, none);
    add(server, u"UPDATE plain SET a = lottery(a)"_s, chance);
    add(server, u"UPDATE plain SET a = floor(random() * 5)"_s, chance);
    add(server, u"UPDATE plain SET b = now()"_s, possible);
    add(server, u"UPDATE stamped SET at = 'now'"_s, possible);
    add(server, u"UPDATE stamped SET at = DEFAULT"_s, possible);
    add(server, u"INSERT INTO numbered (a) VALUES (1)"_s, possible);
    add(server, u"UPDATE numbered SET a = 1"_s, none);
    add(server, u"INSERT INTO identity (a) VALUES (1)"_s, possible);
    add(server, u"INSERT INTO dice (id) VALUES (1)"_s, chance);
    add(server, u"UPDATE ruled SET a = 2"_s, possible);
    add(server, u"UPDATE parts SET a = 2"_s, possible); // a partition's own trigger
    add(server, u"DO $$ BEGIN UPDATE plain SET a = 5; END $$"_s, possible);
    add(server, u"WITH x AS (UPDATE plain SET a = 5 RETURNING id) DELETE FROM child USING x"_s, none);
}

void TestVolatileSources::statements()
{
    QFETCH(EngineKind, engine);
    QFETCH(QString, text);
    QFETCH(int, expected);
    if (expected > 10) // a view that draws: on SQLite told by the compiler, on PostgreSQL any view may
        expected = static_cast<int>(engine == EngineKind::SQLite ? Volatility::Chance : Volatility::Possible);
    tell(engine, std::make_shared<RunSql>(u"shop"_s, text), expected);
}

void TestVolatileSources::rowCommands_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QString>("table");
    QTest::addColumn<QString>("column");
    QTest::addColumn<Value>("value");
    QTest::addColumn<int>("expected");
    constexpr int none = static_cast<int>(Volatility::None);
    constexpr int possible = static_cast<int>(Volatility::Possible);
    const auto both = [](const QString& table, const QString& column, const Value& value, int lite, int server) {
        QTest::addRow("SQLite: %s", qUtf8Printable(table + column + value.display()))
            << EngineKind::SQLite << table << column << value << lite;
        if (TestPostgres::available())
            QTest::addRow("PostgreSQL: %s", qUtf8Printable(table + column + value.display()))
                << EngineKind::PostgreSQL << table << column << value << server;
    };
    both(u"plain"_s, u"b"_s, Value::text(u"q"_s), none, none);
    both(u"unsteady"_s, u"a"_s, Value::integer(5), possible, possible);
    both(u"stamped"_s, u"at"_s, Value::text(u"now"_s), none, possible);
}

void TestVolatileSources::rowCommands()
{
    QFETCH(EngineKind, engine);
    QFETCH(QString, table);
    QFETCH(QString, column);
    QFETCH(Value, value);
    QFETCH(int, expected);
    tell(engine,
         std::make_shared<UpdateRow>(u"shop"_s, TableName { {}, table }, NamedValues { { u"id"_s, Value::integer(1) } },
                                     NamedValues { { column, value } }, NamedValues()),
         expected);
}

QTEST_GUILESS_MAIN(TestVolatileSources)
#include "tst_volatilesources.moc"
