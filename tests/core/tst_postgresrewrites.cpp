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
    void partitionsThatNobodyElseReads_data();
    void partitionsThatNobodyElseReads();
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
    row("a table is made and not counted",
        u"DO $$ BEGIN SET LOCAL track_counts = off; CREATE TABLE quiet (); SET LOCAL track_counts = on; END $$"_s,
        { u"create table public.quiet"_s, u"caution no-counters"_s, u"caution not-undoable"_s });
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

// Whoever adds or drops a partition locks the default one, which no command names.
void TestPostgresRewrites::partitionsThatNobodyElseReads_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QStringList& statements, const QStringList& expected) {
        QTest::newRow(name) << statements << expected;
    };
    const QString create = u"CREATE TABLE keyednew PARTITION OF keyed FOR VALUES IN (77)"_s;
    const QStringList created { u"create table public.keyednew"_s, u"create index public.keyednew_pkey"_s,
                                u"caution not-undoable"_s, u"caution not-undoable"_s };
    row("rows move into it", { u"DROP TABLE loose3"_s, u"UPDATE loose SET a = 3 WHERE a = 1"_s },
        { u"loose ~ #1 direct (1, x) -> (3, x) @looserest"_s, u"loose ~ #1 direct (1, y) -> (3, y) @looserest"_s,
          u"loose - #0 direct (3, z) @loose3"_s, u"drop table public.loose3"_s, u"caution not-undoable"_s });
    row("a keyed row moves into it", { u"UPDATE keyed SET a = 4 WHERE a = 1"_s, create },
        QStringList { u"keyed ~ #0 direct (1, x, 0) -> (4, x, 0) @keyedrest"_s } + created);
    row("a row comes back",
        { u"WITH gone AS (DELETE FROM keyed WHERE a = 2 RETURNING *)"
          " INSERT INTO keyed SELECT * FROM gone"_s,
          create },
        created);
    row("a row of it is deleted", { u"DROP TABLE loose3"_s, u"DELETE FROM loose WHERE a = 9"_s },
        { u"loose - #0 direct (3, z) @loose3"_s, u"loose - #1 direct (9, d) @looserest"_s,
          u"drop table public.loose3"_s, u"caution not-undoable"_s });
    row("its root lost a column",
        { u"ALTER TABLE loose DROP b"_s, u"CREATE TABLE loosenew PARTITION OF loose FOR VALUES IN (77)"_s,
          u"INSERT INTO loose VALUES (77)"_s },
        { u"loose - #? indirect (1, x) @loose1"_s, u"loose - #? indirect (1, y) @loose1"_s,
          u"loose - #? indirect (3, z) @loose3"_s, u"loose - #? indirect (9, d) @looserest"_s,
          u"loose + #? indirect (1, NULL) @loose1"_s, u"loose + #? indirect (1, NULL) @loose1"_s,
          u"loose + #? indirect (3, NULL) @loose3"_s, u"loose + #? indirect (9, NULL) @looserest"_s,
          u"loose + #2 direct (77, NULL) @loosenew"_s, u"alter table public.loose"_s, u"alter table public.loose1"_s,
          u"alter table public.loose3"_s, u"alter table public.looserest"_s, u"create table public.loosenew"_s,
          u"caution not-undoable"_s, u"caution not-undoable"_s, u"caution not-undoable"_s, u"caution not-undoable"_s,
          u"caution not-undoable"_s });
}

void TestPostgresRewrites::partitionsThatNobodyElseReads()
{
    QFETCH(QStringList, statements);
    QFETCH(QStringList, expected);
    m_database->exec("CREATE TABLE loose (a int, b text) PARTITION BY LIST (a);"
                     "CREATE TABLE loose1 PARTITION OF loose FOR VALUES IN (1, 2);"
                     "CREATE TABLE loose3 PARTITION OF loose FOR VALUES IN (3);"
                     "CREATE TABLE looserest PARTITION OF loose DEFAULT;"
                     "INSERT INTO loose VALUES (1, 'x'), (1, 'y'), (3, 'z'), (9, 'd');"
                     "CREATE TABLE keyed (a int, b text, c int, PRIMARY KEY (a, b)) PARTITION BY LIST (a);"
                     "CREATE TABLE keyed1 PARTITION OF keyed FOR VALUES IN (1, 2);"
                     "CREATE TABLE keyedrest PARTITION OF keyed DEFAULT;"
                     "INSERT INTO keyed VALUES (1, 'x', 0), (2, 'w', 0), (9, 'd', 0)");
    Batch batch;
    batch.targets = { postgresTarget(m_database->uri()) };
    for (const QString& sql : statements)
        batch.commands.append(std::make_shared<RunSql>(u"db"_s, sql));
    RunOptions how;
    const auto preview = m_workbench->preview(batch, how).takeResult();
    QVERIFY(preview && preview->outcome == Outcome::Ready);
    compareLines(effectsText(preview->effects.constFirst()), expected);
    how.verifyFully = true;
    const auto scanned = m_workbench->preview(batch, how).takeResult();
    QVERIFY(scanned);
    QCOMPARE(scanned->digest, preview->digest);
    const auto run = m_workbench->apply(batch, preview->digest, {}).takeResult();
    QVERIFY2(run, qUtf8Printable(run ? QString() : run.error().text()));
    QVERIFY2(run->outcome == Outcome::Committed, qUtf8Printable(run->failure ? run->failure->error.text() : QString()));
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
