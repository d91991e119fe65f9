// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "execution/workbench.h"
#include "support/postgrescapturing.h"

#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto world = R"sql(
    CREATE TABLE bag (a int, b text);
    CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent);
    CREATE TABLE parts (k int, v text) PARTITION BY LIST (k);
    CREATE TABLE parts1 PARTITION OF parts FOR VALUES IN (1);
    CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS 'TRUNCATE bag';
    CREATE FUNCTION refill() RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN TRUNCATE bag; INSERT INTO bag VALUES (1, 'x'), (3, 'z'); END $$;
    INSERT INTO bag VALUES (1, 'x'), (1, 'x'), (2, 'y');
    INSERT INTO parent VALUES (1), (2);
    INSERT INTO child VALUES (10, 1);
    INSERT INTO parts VALUES (1, 'p');
)sql";

} // namespace

/// Tables that lose their rows as a whole (TRUNCATE, ALTER, DROP): nobody else's rows may go unseen with them.
class TestPostgresRewrites : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void appliesWhatNoCommandNames_data();
    void appliesWhatNoCommandNames();
    void functionThatIsNotCounted();
    void undoesIt();
    void keepsOthersFromWhatIsNamed();
    void leavesReferencingTablesAlone();
    void withoutTheRightToLock();
    void cannotWaitForEver();

private:
    [[nodiscard]] Result<Run> apply(const QString& sql, const ConnectionOptions& options = {});

    QTemporaryDir m_folder;
    std::optional<TestPostgres> m_database;
    std::unique_ptr<Workbench> m_workbench;
    int m_journals = 0;
};

void TestPostgresRewrites::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresRewrites::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_database.emplace(world);
    const QString path = m_folder.filePath(u"journal%1.db"_s.arg(++m_journals));
    m_workbench = std::make_unique<Workbench>(Journal::open(path).takeResult().value(), nullptr);
}

void TestPostgresRewrites::cleanup()
{
    m_workbench.reset();
    m_database.reset();
}

/// As it was previewed.
Result<Run> TestPostgresRewrites::apply(const QString& sql, const ConnectionOptions& options)
{
    Batch batch;
    batch.title = sql;
    batch.targets = { postgresTarget(m_database->uri()) };
    batch.commands = { std::make_shared<RunSql>(u"db"_s, sql) };
    const RunOptions how { options, {}, {} };
    const auto preview = m_workbench->preview(batch, how).takeResult();
    if (!preview || preview->outcome != Outcome::Ready)
        return preview;
    return m_workbench->apply(batch, preview->digest, how).takeResult();
}

void TestPostgresRewrites::appliesWhatNoCommandNames_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QString& statement, const QStringList& expected) {
        QTest::newRow(name) << statement << expected;
    };
    row("a function truncates", u"SELECT wipe()"_s,
        { u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (2, y)"_s });
    row("a function truncates and fills again", u"SELECT refill()"_s,
        { u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (2, y)"_s, u"bag + #0 indirect (3, z)"_s });
    row("a block rewrites", u"DO $$ BEGIN ALTER TABLE bag ALTER a TYPE text USING a + 1; END $$"_s,
        { u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (2, y)"_s,
          u"bag + #0 indirect (2, x)"_s, u"bag + #0 indirect (2, x)"_s, u"bag + #0 indirect (3, y)"_s,
          u"alter table public.bag"_s, u"caution not-undoable"_s });
    row("a block drops", u"DO $$ BEGIN DROP TABLE bag; END $$"_s,
        { u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (1, x)"_s, u"bag - #? indirect (2, y)"_s,
          u"drop table public.bag"_s, u"caution not-undoable"_s });
    row("an index is made anew", u"DO $$ BEGIN UPDATE parent SET id = 3 WHERE id = 2; REINDEX TABLE parent; END $$"_s,
        { u"parent - #? indirect (2)"_s, u"parent + #0 indirect (3)"_s });
    row("not counted for a while",
        u"DO $$ BEGIN SET LOCAL track_counts = off; INSERT INTO parent VALUES (9); SET LOCAL track_counts = on; END $$"_s,
        { u"parent + #0 indirect (9)"_s, u"caution no-counters"_s });
    row("a truncate cascades", u"TRUNCATE parent CASCADE"_s,
        { u"parent - #0 direct (1)"_s, u"parent - #0 direct (2)"_s, u"child - #0 indirect (10, 1)"_s,
          u"caution notice"_s });
}

void TestPostgresRewrites::appliesWhatNoCommandNames()
{
    QFETCH(QString, statement);
    QFETCH(QStringList, expected);
    const auto run = apply(statement);
    QVERIFY2(run, qUtf8Printable(run ? QString() : run.error().text()));
    QVERIFY2(run->outcome == Outcome::Committed, qUtf8Printable(run->failure ? run->failure->error.text() : QString()));
    compareLines(effectsText(run->effects.constFirst()), expected);
}

void TestPostgresRewrites::functionThatIsNotCounted()
{
    m_database->exec("CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql SET track_counts = off AS"
                     " $$ BEGIN INSERT INTO parent VALUES (NEW.a); RETURN NEW; END $$;"
                     "CREATE TRIGGER quiet AFTER INSERT ON bag FOR EACH ROW EXECUTE FUNCTION quiet()");
    const auto run = apply(u"INSERT INTO bag VALUES (9, 'n')"_s);
    QVERIFY2(run, qUtf8Printable(run ? QString() : run.error().text()));
    compareLines(effectsText(run->effects.constFirst()),
                 { u"bag + #0 direct (9, n)"_s, u"parent + #0 indirect (9)"_s, u"caution no-counters"_s });
}

void TestPostgresRewrites::undoesIt()
{
    const QString before = m_database->dump();
    const auto run = apply(u"SELECT refill()"_s);
    QVERIFY(run && run->outcome == Outcome::Committed);
    QCOMPARE(m_database->scalar("SELECT string_agg(b, ' ' ORDER BY b) FROM bag"), u"x z"_s);
    const auto undo = m_workbench->undo(run->id, true, {}).takeResult();
    QVERIFY(undo && undo->outcome == Outcome::Committed);
    QCOMPARE(m_database->dump(), before);
}

void TestPostgresRewrites::keepsOthersFromWhatIsNamed()
{
    const auto connection = connectTo(*m_database);
    const auto other = connectTo(*m_database, { .lockTimeout = std::chrono::milliseconds(50) });
    PostgresCapturing capturing(*connection);
    QVERIFY(capturing.begin({ u"TRUNCATE bag"_s, u"ALTER TABLE parts ADD n int"_s }));
    // Nothing has run yet: what is written now would be gone with the rest, and nobody would have seen it.
    QCOMPARE(stateOf(other->query(statement("INSERT INTO bag VALUES (9, 'unseen')"))), u"55P03"_s);
    QCOMPARE(stateOf(other->query(statement("INSERT INTO parts VALUES (1, 'unseen')"))), u"55P03"_s);
    QCOMPARE(stateOf(other->query(statement("SELECT * FROM bag, parts"))), u"ok"_s);
    QCOMPARE(stateOf(other->query(statement("INSERT INTO child VALUES (11, 2)"))), u"ok"_s);
    capturing.run(0, u"TRUNCATE bag"_s);
    const TargetEffects effects = capturing.end(PostgresCapturing::End::Commit);
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QCOMPARE(effects.tables.constFirst().deleted, 3);
    QVERIFY(capturing.capture().unread().isEmpty());
    QCOMPARE(stateOf(other->query(statement("INSERT INTO bag VALUES (9, 'later')"))), u"ok"_s);
}

void TestPostgresRewrites::leavesReferencingTablesAlone()
{
    const auto connection = connectTo(*m_database);
    const auto other = connectTo(*m_database, { .lockTimeout = std::chrono::milliseconds(50) });
    PostgresCapturing capturing(*connection);
    QVERIFY(capturing.begin({ u"TRUNCATE parent CASCADE"_s }));
    QCOMPARE(stateOf(other->query(statement("INSERT INTO child VALUES (11, NULL)"))), u"ok"_s);
    capturing.run(0, u"TRUNCATE parent CASCADE"_s);
    std::ignore = capturing.end();
    // So this run cannot be sure of it; one that names it can.
    QCOMPARE(capturing.capture().unread(), QList({ TableName { u"public"_s, u"child"_s } }));
}

void TestPostgresRewrites::withoutTheRightToLock()
{
    const QByteArray role = m_database->name().toUtf8() + "_r";
    m_database->exec("CREATE ROLE " + role + " LOGIN; GRANT SELECT ON bag TO " + role);
    {
        const auto connection = connectTo(*m_database, {}, QString::fromUtf8(role));
        PostgresCapturing capturing(*connection);
        std::ignore = capturing.runAll({ u"TRUNCATE bag"_s });
        QCOMPARE(capturing.errors().value(0).sqlState, u"42501"_s); // of the statement
        QCOMPARE(capturing.errors().value(0).statement, u"TRUNCATE bag"_s);
    }
    m_database->exec("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

void TestPostgresRewrites::cannotWaitForEver()
{
    const auto other = connectTo(*m_database);
    QVERIFY(other->begin(TransactionMode::Write).ok());
    QVERIFY(other->query(statement("UPDATE bag SET b = 'busy'")).ok());
    const auto run = apply(u"TRUNCATE bag"_s, { .lockTimeout = std::chrono::milliseconds(50) });
    QVERIFY(run);
    QCOMPARE(run->outcome, Outcome::Failed);
    QCOMPARE(run->cause, u"lock-timeout"_s);
}

QTEST_GUILESS_MAIN(TestPostgresRewrites)
#include "tst_postgresrewrites.moc"
