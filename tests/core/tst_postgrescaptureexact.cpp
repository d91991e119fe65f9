// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgrescapturing.h"

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto world = R"sql(
    CREATE TABLE plain (id int PRIMARY KEY, v text);
    CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text);
    CREATE SEQUENCE loose; CREATE SEQUENCE untouched; CREATE TABLE unnumbered (id serial);
    CREATE TABLE heap (k int, v text) PARTITION BY LIST (k);
    CREATE TABLE heap1 PARTITION OF heap FOR VALUES IN (1);
    CREATE TABLE heap2 (gone int, v text, k int);
    ALTER TABLE heap2 DROP COLUMN gone;
    ALTER TABLE heap ATTACH PARTITION heap2 FOR VALUES IN (2, 3);
    CREATE TABLE deep (k int, n int, v text, PRIMARY KEY (k, n)) PARTITION BY LIST (k);
    CREATE TABLE deep1 PARTITION OF deep FOR VALUES IN (1) PARTITION BY RANGE (n);
    CREATE TABLE deep1a PARTITION OF deep1 FOR VALUES FROM (0) TO (10);
    CREATE TABLE deep1b PARTITION OF deep1 DEFAULT;
    CREATE TABLE deep2 PARTITION OF deep DEFAULT;
    CREATE TABLE tree (id int PRIMARY KEY, above int REFERENCES tree ON DELETE CASCADE ON UPDATE CASCADE);
    INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2);
    INSERT INTO plain VALUES (1, 'a'), (2, 'b');
    INSERT INTO numbered (v) VALUES ('a'), ('b');
    INSERT INTO heap VALUES (1, 'x'), (1, 'y'), (2, 'z');
    INSERT INTO deep VALUES (1, 1, 'x'), (1, 20, 'y'), (7, 7, 'z');
)sql";

} // namespace

/// What random batches do not reach.
class TestPostgresCaptureExact : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void seesEachChange_data();
    void seesEachChange();
    void sequences_data();
    void sequences();
    void hiddenRowsOfATruncatedTable();
    void hiddenRowsOfALateTable();
    void auditThatTheUserCannotRead();
    void columnsThatTheUserCannotRead();
    void foreignTable();
    void largeObjects();

private:
    [[nodiscard]] std::unique_ptr<PostgresConnection> connectAsRole(const QByteArray& grants);

    std::optional<TestPostgres> m_database;
    std::unique_ptr<PostgresConnection> m_connection;
    QByteArray m_role;
};

void TestPostgresCaptureExact::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresCaptureExact::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_database.emplace(world);
    m_connection = connectTo(*m_database);
}

void TestPostgresCaptureExact::cleanup()
{
    m_connection.reset();
    if (!m_role.isEmpty())
        m_database->exec("DROP OWNED BY " + m_role + "; DROP ROLE " + m_role);
    m_role.clear();
    m_database.reset();
}

/// @ in the grants stands for the role.
std::unique_ptr<PostgresConnection> TestPostgresCaptureExact::connectAsRole(const QByteArray& grants)
{
    m_role = m_database->name().toUtf8() + "_role";
    m_database->exec("CREATE ROLE " + m_role + " LOGIN; " + QByteArray(grants).replace('@', m_role));
    return connectTo(*m_database, {}, QString::fromUtf8(m_role));
}

void TestPostgresCaptureExact::seesEachChange_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QStringList& statements, const QStringList& expected) {
        QTest::newRow(name) << statements << expected;
    };
    row("a row without a key moves between partitions", { u"UPDATE heap SET k = 3 WHERE v = 'x'"_s },
        { u"heap ~ #0 direct (1, x) -> (3, x) @heap2"_s });
    row("rows without a key that cannot be told apart move",
        { u"INSERT INTO heap VALUES (1, 'x')"_s, u"UPDATE heap SET k = 2 WHERE v = 'x'"_s },
        { u"heap - #1 direct (1, x) @heap1"_s, u"heap + #1 direct (2, x) @heap2"_s,
          u"heap + #1 direct (2, x) @heap2"_s });
    row("a row moves between partitions of a partition", { u"UPDATE deep SET n = n + 10 WHERE n = 1"_s },
        { u"deep ~ #0 direct (1, 1, x) -> (1, 11, x) @deep1b"_s });
    row("a row moves and comes back",
        { u"UPDATE deep SET k = 5 WHERE n = 1"_s, u"UPDATE deep SET k = 1 WHERE n = 1"_s }, {});
    row("MERGE moves, changes and deletes",
        { u"MERGE INTO deep d USING (VALUES (1), (20), (7)) o(n) ON o.n = d.n WHEN MATCHED AND d.n = 7 THEN DELETE"
          " WHEN MATCHED AND d.n = 1 THEN UPDATE SET k = 9 WHEN MATCHED THEN UPDATE SET v = 'merged'"_s },
        { u"deep ~ #0 indirect (1, 1, x) -> (9, 1, x) @deep2"_s,
          u"deep ~ #0 indirect (1, 20, y) -> (1, 20, merged) @deep1b"_s, u"deep - #0 indirect (7, 7, z) @deep2"_s });
    row("a partition is detached", { u"ALTER TABLE heap DETACH PARTITION heap2"_s }, { u"alter table public.heap2"_s });
    row("a cascade from a row that had changed before",
        { u"UPDATE tree SET id = 11 WHERE id = 1"_s, u"DELETE FROM tree WHERE id = 2"_s },
        { u"tree ~ #0 direct (1, NULL) -> (11, NULL)"_s, u"tree - #0 indirect (2, 1)"_s,
          u"tree - #1 indirect (3, 2)"_s });
    row("a partition with rows is attached",
        { u"ALTER TABLE heap DETACH PARTITION heap2"_s, u"UPDATE heap2 SET v = 'Z'"_s,
          u"ALTER TABLE heap ATTACH PARTITION heap2 FOR VALUES IN (2)"_s },
        { u"alter table public.heap2"_s, u"heap - #? indirect (2, z) @heap2"_s, u"heap + #1 direct (2, Z) @heap2"_s });
    row("a table is made anew under its name",
        { u"DROP TABLE plain"_s, u"CREATE TABLE plain (id int PRIMARY KEY, v text)"_s,
          u"INSERT INTO plain VALUES (1, 'a'), (2, 'B'), (3, 'c')"_s },
        { u"alter index public.plain_pkey"_s, u"plain ~ #2 direct (2, b) -> (2, B)"_s, u"plain + #2 direct (3, c)"_s });
    row("a table takes another one's place",
        { u"CREATE TABLE other (LIKE plain INCLUDING ALL)"_s, u"INSERT INTO other SELECT id, upper(v) FROM plain"_s,
          u"DROP TABLE plain"_s, u"ALTER TABLE other RENAME TO plain"_s },
        { u"alter table public.plain"_s, u"create index public.other_pkey"_s, u"drop index public.plain_pkey"_s,
          u"plain ~ #1 direct (1, a) -> (1, A)"_s, u"plain ~ #1 direct (2, b) -> (2, B)"_s });
}

void TestPostgresCaptureExact::seesEachChange()
{
    QFETCH(QStringList, statements);
    QFETCH(QStringList, expected);
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll(statements);
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects), expected);
}

void TestPostgresCaptureExact::sequences_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char* name, const QStringList& statements, const QStringList& expected) {
        QTest::newRow(name) << statements << expected;
    };
    row("used", { u"INSERT INTO numbered (v) VALUES ('c')"_s },
        { u"sequence-advanced: sequence public.numbered_id_seq went from 2 to 3, which neither a rollback nor an undo takes back"_s });
    row("set", { u"SELECT setval('loose', 7)"_s },
        { u"sequence-advanced: sequence public.loose went from its start to 7, which neither a rollback nor an undo takes back"_s });
    row("set without being used", { u"SELECT setval('loose', 7, false)"_s },
        { u"sequence-advanced: sequence public.loose was set anew, to a start at 7, which neither a rollback nor an undo takes back"_s });
    row("restarted by TRUNCATE", { u"TRUNCATE numbered RESTART IDENTITY"_s },
        { u"sequence-restarted: sequence public.numbered_id_seq went from 2 to a start at 1; a rollback takes that "
          u"back,"
          " an undo does not"_s });
    row("restarted and used", { u"TRUNCATE numbered RESTART IDENTITY"_s, u"INSERT INTO numbered (v) VALUES ('c')"_s },
        { u"sequence-restarted: sequence public.numbered_id_seq went from 2 to 1; a rollback takes that back,"
          " an undo does not"_s });
    row("altered", { u"ALTER SEQUENCE loose RESTART WITH 50"_s, u"SELECT nextval('loose')"_s },
        { u"sequence-restarted: sequence public.loose went from its start to 50; a rollback takes that back,"
          " an undo does not"_s });
    row("restarted and not used", { u"ALTER SEQUENCE untouched RESTART WITH 40"_s },
        { u"sequence-restarted: sequence public.untouched was set anew, to a start at 40; a rollback takes that back, an undo does not"_s });
    row("restarted at a number", { u"ALTER SEQUENCE numbered_id_seq RESTART WITH 40"_s },
        { u"sequence-restarted: sequence public.numbered_id_seq went from 2 to a start at 40; a rollback takes that back, an undo does not"_s });
    row("restarted where it is", { u"ALTER SEQUENCE untouched RESTART"_s }, {});
    row("restarted by TRUNCATE where it is", { u"TRUNCATE unnumbered RESTART IDENTITY"_s }, {});
    row("given to a column", { u"ALTER SEQUENCE untouched OWNED BY numbered.v"_s }, {});
    row("altered where it is", { u"ALTER SEQUENCE untouched START 100 INCREMENT 3"_s }, {});
    row("restarted at another start", { u"ALTER SEQUENCE untouched START 100 RESTART"_s },
        { u"sequence-restarted: sequence public.untouched was set anew, to a start at 100; a rollback takes that back, an undo does not"_s });
    row("moved without being used", { u"CREATE SCHEMA elsewhere"_s, u"ALTER SEQUENCE loose SET SCHEMA elsewhere"_s },
        {});
    row("made by the batch", { u"CREATE SEQUENCE fresh"_s, u"SELECT nextval('fresh')"_s }, {});
}

void TestPostgresCaptureExact::sequences()
{
    QFETCH(QStringList, statements);
    QFETCH(QStringList, expected);
    PostgresCapturing capturing(*m_connection);
    const TargetEffects effects = capturing.runAll(statements);
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    QStringList said;
    for (const Caution& caution : effects.cautions)
        said.append(caution.code + u": "_s + caution.text);
    compareLines(said, expected);
}

/// TRUNCATE does not ask policies.
void TestPostgresCaptureExact::hiddenRowsOfATruncatedTable()
{
    const auto connection = connectAsRole("ALTER TABLE plain ENABLE ROW LEVEL SECURITY;"
                                          " CREATE POLICY own ON plain USING (id = 1); GRANT ALL ON plain TO @");
    PostgresCapturing capturing(*connection);
    compareLines(effectsText(capturing.runAll({ u"TRUNCATE plain"_s })),
                 { u"plain - #0 direct (1, a)"_s,
                   u"plain incomplete: row level security may hide rows from this user, and the server does not count"
                   " what it rewrites"_s });
}

void TestPostgresCaptureExact::hiddenRowsOfALateTable()
{
    const auto connection = connectAsRole("CREATE FUNCTION wipe() RETURNS void LANGUAGE sql AS 'TRUNCATE plain';"
                                          " ALTER TABLE plain ENABLE ROW LEVEL SECURITY;"
                                          " CREATE POLICY own ON plain USING (id = 1); GRANT ALL ON plain TO @");
    PostgresCapturing capturing(*connection);
    compareLines(effectsText(capturing.runAll({ u"SELECT wipe()"_s })),
                 { u"plain - #? indirect (1, a)"_s,
                   u"plain incomplete: row level security may hide rows from this user, and the server does not count"
                   " what it rewrites"_s });
}

void TestPostgresCaptureExact::auditThatTheUserCannotRead()
{
    const auto connection = connectAsRole(
        "CREATE SCHEMA hidden; CREATE TABLE hidden.audit (what text);"
        " CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        " $$ BEGIN INSERT INTO hidden.audit VALUES (NEW.v); RETURN NULL; END $$;"
        " CREATE TRIGGER note AFTER UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION note(); GRANT ALL ON plain TO @");
    PostgresCapturing capturing(*connection);
    const TargetEffects effects = capturing.runAll({ u"UPDATE plain SET v = v || '!'"_s });
    QVERIFY2(capturing.errors().isEmpty(), qPrintable(capturing.errors().value(0).text()));
    compareLines(effectsText(effects),
                 { u"plain ~ #0 direct (1, a) -> (1, a!)"_s, u"plain ~ #0 direct (2, b) -> (2, b!)"_s,
                   u"hidden.audit incomplete: this user may not read it; the server counted 2 inserted, 0 updated,"
                   " 0 deleted"_s });
    QCOMPARE(effects.tables.constFirst().inserted, 2);
}

void TestPostgresCaptureExact::columnsThatTheUserCannotRead()
{
    const auto connection = connectAsRole("GRANT SELECT (id), UPDATE (v) ON plain TO @");
    PostgresCapturing capturing(*connection);
    compareLines(effectsText(capturing.runAll({ u"UPDATE plain SET v = 'x' WHERE id = 1"_s })),
                 { u"plain incomplete: this user may not read it; the server counted 0 inserted, 1 updated,"
                   " 0 deleted"_s });
}

void TestPostgresCaptureExact::foreignTable()
{
    if (m_database->scalar("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'") == "0"_L1)
        QSKIP("postgres_fdw is not installed");
    const QString port = m_database->scalar("SHOW port");
    m_database->exec("CREATE EXTENSION postgres_fdw; CREATE SERVER self FOREIGN DATA WRAPPER postgres_fdw OPTIONS"
                     " (host '127.0.0.1', port '"
                     + port.toUtf8() + "', dbname '" + m_database->name().toUtf8()
                     + "'); CREATE USER MAPPING FOR postgres SERVER self OPTIONS (user 'postgres');"
                       " CREATE FOREIGN TABLE distant (id int, v text) SERVER self OPTIONS (table_name 'plain')");
    PostgresCapturing reading(*m_connection);
    compareLines(effectsText(reading.runAll({ u"SELECT * FROM distant"_s })), {});
    PostgresCapturing writing(*m_connection);
    compareLines(effectsText(writing.runAll({ u"UPDATE distant SET v = 'far' WHERE id = 1"_s })),
                 { u"caution foreign-table"_s });
    QVERIFY(writing.errors().isEmpty());
}

void TestPostgresCaptureExact::largeObjects()
{
    const QString made = m_database->scalar("SELECT lo_from_bytea(0, 'old')");
    const auto said = [this](const QString& sql) {
        PostgresCapturing capturing(*m_connection);
        const TargetEffects effects = capturing.runAll({ sql });
        return capturing.errors().isEmpty() ? effectsText(effects) : QStringList(capturing.errors().at(0).text());
    };
    const QString caution = u"caution large-object"_s; // for the catalog, and for the function
    const QString content = u"alter catalog pg_largeobject"_s;
    const QString owner = u"alter catalog pg_largeobject_metadata"_s;
    compareLines(said(u"SELECT lo_from_bytea(0, 'new')"_s), { content, owner, caution, caution });
    compareLines(said(u"SELECT lo_put(%1, 0, 'changed')"_s.arg(made)), { content, caution, caution });
    compareLines(said(u"SELECT lo_get(%1)"_s.arg(made)), {});
    compareLines(said(u"SELECT lo_unlink(%1)"_s.arg(made)), { content, owner, caution, caution });
}

QTEST_GUILESS_MAIN(TestPostgresCaptureExact)
#include "tst_postgrescaptureexact.moc"
