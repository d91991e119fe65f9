// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "support/engines.h"
#include "support/testworkbench.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE t (id int PRIMARY KEY, v text);
    INSERT INTO t VALUES (1, 'a'), (2, 'b');
    CREATE TABLE audit (id int, pid int DEFAULT pg_backend_pid());
    CREATE TABLE audited (id int PRIMARY KEY, v text);
    INSERT INTO audited VALUES (1, 'a');
    CREATE FUNCTION who() RETURNS text LANGUAGE sql AS $$ SELECT pg_backend_pid()::text $$;
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO audit (id) VALUES (NEW.id); RETURN NEW; END $$;
    CREATE TRIGGER note AFTER UPDATE ON audited FOR EACH ROW EXECUTE FUNCTION note();
    CREATE FUNCTION prepare() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'PREPARE kept AS SELECT 1'; END $$;
    CREATE VIEW own AS SELECT backend_start::text AS since FROM pg_stat_activity WHERE pid = pg_backend_pid();
    CREATE TABLE texts (q text);
    CREATE TABLE read (id int PRIMARY KEY, v text, q text DEFAULT current_query());
    INSERT INTO read VALUES (1, 'a', '');
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO texts VALUES (current_query()); RETURN NEW; END $$;
    CREATE TRIGGER keep AFTER UPDATE ON read FOR EACH ROW EXECUTE FUNCTION keep();
)sql";

} // namespace

/// PostgreSQL: what differs from session to session, from one version of a row to the next, and a statement's own text.
class TestSessionValues : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_database.reset(); }
    void anotherSessionApplies_data();
    void anotherSessionApplies();
    void textIsTheOperators_data();
    void textIsTheOperators();
    void preparedByAFunction();

private:
    [[nodiscard]] Batch batchOf(const QStringList& statements) const;

    std::unique_ptr<TestDatabase> m_database;
};

void TestSessionValues::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database = std::make_unique<TestDatabase>(EngineKind::PostgreSQL, shop);
}

Batch TestSessionValues::batchOf(const QStringList& statements) const
{
    Batch batch;
    batch.targets = { m_database->target(u"shop"_s) };
    for (const QString& statement : statements)
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, statement));
    return batch;
}

void TestSessionValues::anotherSessionApplies_data()
{
    QTest::addColumn<QStringList>("statements");
    const auto row = [](const char* name, const QStringList& statements) { QTest::newRow(name) << statements; };
    row("process, in a default behind a trigger", { u"UPDATE audited SET v = 'x' WHERE id = 1"_s });
    row("process, in the statement", { u"UPDATE t SET v = pg_backend_pid()::text"_s });
    row("process, in a function", { u"UPDATE t SET v = who()"_s });
    row("process, in a block", { u"DO $$ BEGIN UPDATE t SET v = pg_backend_pid()::text; END $$"_s });
    row("port", { u"UPDATE t SET v = inet_client_port()::text WHERE id = 1"_s });
    row("list of sessions", { u"UPDATE t SET v = (SELECT max(backend_start)::text FROM pg_stat_activity)"_s });
    row("list of sessions, in a view", { u"UPDATE t SET v = (SELECT since FROM own)"_s });
    row("transaction of the row",
        { u"UPDATE t SET v = 'y' WHERE id = 1"_s, u"UPDATE t SET v = xmin::text WHERE id = 1"_s });
    row("place of the row",
        { u"UPDATE t SET v = 'z' WHERE id = 1"_s, u"UPDATE t SET v = t.ctid::text WHERE id = 1"_s });
}

void TestSessionValues::anotherSessionApplies()
{
    QFETCH(QStringList, statements);
    const Batch batch = batchOf(statements);
    const auto preview = TestWorkbench()->preview(batch, {}).takeResult();
    QVERIFY(preview.ok());
    QCOMPARE(preview->outcome, Outcome::Ready);
    const auto applied = TestWorkbench()->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QVERIFY2(applied->outcome == Outcome::Committed, qUtf8Printable(applied->cause));
    QCOMPARE(applied->digest, preview->digest);
}

void TestSessionValues::textIsTheOperators_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QString>("stored");
    QTest::newRow("by a trigger") << u"UPDATE read SET v = 'x' WHERE id = 1"_s << u"SELECT max(q) FROM texts"_s;
    QTest::newRow("by a default") << u"INSERT INTO read (id) VALUES (2)"_s << u"SELECT q FROM read WHERE id = 2"_s;
    QTest::newRow("by itself") << u"UPDATE t SET v = current_query() WHERE id = 2"_s
                               << u"SELECT v FROM t WHERE id = 2"_s;
}

void TestSessionValues::textIsTheOperators()
{
    QFETCH(QString, statement);
    QFETCH(QString, stored);
    const auto applied = TestWorkbench()->apply(batchOf({ statement }), {}, {}).takeResult();
    QVERIFY(applied.ok());
    QVERIFY2(applied->outcome == Outcome::Committed, qUtf8Printable(applied->cause));
    QCOMPARE(m_database->scalar(stored.toUtf8()), statement);
}

/// What a function prepares is not rolled back, and there is a second pass.
void TestSessionValues::preparedByAFunction()
{
    const TestWorkbench bench;
    const Batch batch = batchOf({ u"SELECT prepare()"_s, u"UPDATE t SET v = 'p' WHERE id = 1"_s });
    for (int i = 0; i < 2; ++i) {
        const auto preview = bench->preview(batch, {}).takeResult();
        QVERIFY(preview.ok());
        QVERIFY2(preview->outcome == Outcome::Ready, qUtf8Printable(preview->cause));
    }
    const auto applied = bench->apply(batch, {}, {}).takeResult();
    QVERIFY(applied.ok());
    QVERIFY2(applied->outcome == Outcome::Committed, qUtf8Printable(applied->cause));
}

QTEST_GUILESS_MAIN(TestSessionValues)
#include "tst_sessionvalues.moc"
