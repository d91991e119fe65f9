// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "support/postgrescapturing.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE items (id integer PRIMARY KEY, name text, quantity integer, note text);
    INSERT INTO items SELECT i, 'item ' || i, i, 'note ' || i FROM generate_series(1, 20) i;
    CREATE TABLE audit (id serial PRIMARY KEY, what text);
    CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO audit (what) VALUES ('item ' || NEW.id); RETURN NEW; END $$;
)sql";

const auto change = u"UPDATE items SET quantity = quantity + 1 WHERE id IN (3, 5)"_s;

} // namespace

/// A session guesses that a table is as it was when it wrote it last, and finds out while the statement runs.
class TestRememberedTables : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void altered_data();
    void altered();
    void driftsAfterwards();
    void failingStatement_data();
    void failingStatement();
    void failingGuard();
    void otherNames_data();
    void otherNames();
    void lostSessions_data();
    void lostSessions();
    void positionsAreThoseBefore();

private:
    /// The number of passes that it took.
    [[nodiscard]] static int preview(const TestWorkbench& bench, const Batch& batch, Run& run);
    static void warm(const TestWorkbench& bench, const TestPostgres& database, const QString& statement = change);
};

void TestRememberedTables::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

int TestRememberedTables::preview(const TestWorkbench& bench, const Batch& batch, Run& run)
{
    const auto passes = std::make_shared<std::atomic<int>>(0);
    auto previewed = bench->preview(batch, countingPasses(passes)).takeResult();
    if (!previewed)
        qFatal("%s", qUtf8Printable(previewed.error().text()));
    run = *previewed;
    return *passes;
}

/// The first run reads the table, the second asks again, the third would guess.
void TestRememberedTables::warm(const TestWorkbench& bench, const TestPostgres& database, const QString& statement)
{
    Run run;
    for (int i = 0; i < 3; ++i)
        QCOMPARE(preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { statement }), run), 1);
}

void TestRememberedTables::altered_data()
{
    QTest::addColumn<QByteArray>("alteration");
    QTest::addColumn<bool>("outdated");
    QTest::newRow("not at all") << "SELECT 1"_ba << false;
    QTest::newRow("another table") << "ALTER TABLE audit ADD COLUMN who text"_ba << false;
    QTest::newRow("other rows") << "UPDATE items SET quantity = 100 WHERE id = 5; DELETE FROM items WHERE id = 3"_ba
                                << false;
    QTest::newRow("column added") << "ALTER TABLE items ADD COLUMN colour text DEFAULT 'red'"_ba << true;
    QTest::newRow("column dropped") << "ALTER TABLE items DROP COLUMN note"_ba << true;
    QTest::newRow("column renamed") << "ALTER TABLE items RENAME COLUMN note TO remark"_ba << true;
    QTest::newRow("columns exchanged")
        << "ALTER TABLE items RENAME COLUMN note TO x; ALTER TABLE items RENAME COLUMN name TO note;"
           " ALTER TABLE items RENAME COLUMN x TO name"_ba
        << true;
    QTest::newRow("type") << "ALTER TABLE items ALTER COLUMN quantity TYPE numeric(10, 2)"_ba << true;
    QTest::newRow("key dropped") << "ALTER TABLE items DROP CONSTRAINT items_pkey"_ba << true;
    QTest::newRow("another key")
        << "ALTER TABLE items DROP CONSTRAINT items_pkey; ALTER TABLE items ADD PRIMARY KEY (name)"_ba << true;
    QTest::newRow("generated column")
        << "ALTER TABLE items ADD COLUMN twice integer GENERATED ALWAYS AS (quantity * 2) STORED"_ba << true;
    QTest::newRow("trigger") << "CREATE TRIGGER t AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION audited()"_ba
                             << true;
    QTest::newRow("inherited")
        << "CREATE TABLE more_items () INHERITS (items); INSERT INTO more_items VALUES (5, 'more', 1, '')"_ba << true;
    QTest::newRow("another table of that name")
        << "DROP TABLE items; CREATE TABLE items (quantity integer, id bigint PRIMARY KEY);"
           " INSERT INTO items VALUES (1, 3), (2, 5)"_ba
        << true;
    QTest::newRow("view of that name")
        << "ALTER TABLE items RENAME TO all_items; CREATE VIEW items AS SELECT * FROM all_items WHERE id < 5"_ba
        << true;
    QTest::newRow("rule") << "CREATE RULE r AS ON UPDATE TO items DO ALSO"
                             " INSERT INTO audit (what) VALUES ('rule')"_ba
                          << true;
}

void TestRememberedTables::altered()
{
    QFETCH(QByteArray, alteration);
    QFETCH(bool, outdated);
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    database.exec(alteration);
    const QString before = database.dump();
    Run guessed;
    Run fresh;
    const int passes = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), guessed);
    QVERIFY2(guessed.outcome == Outcome::Ready,
             qUtf8Printable(guessed.failure ? guessed.failure->error.text() : QString()));
    QCOMPARE(database.dump(), before);
    const int needed = preview(TestWorkbench(), batchOf(EngineKind::PostgreSQL, database.uri(), { change }), fresh);
    QCOMPARE(passes, outdated ? needed + 1 : needed);
    QCOMPARE(guessed.digest, fresh.digest);
    QCOMPARE(guessed.effects.constFirst().tables.size(), fresh.effects.constFirst().tables.size());
    QCOMPARE(guessed.effects.constFirst().tables.constFirst().columns,
             fresh.effects.constFirst().tables.constFirst().columns);
    // And so does the next one, in the session that was put in its place.
    QCOMPARE(preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), guessed), needed);
    QCOMPARE(guessed.digest, fresh.digest);
    const auto applied
        = bench->apply(batchOf(EngineKind::PostgreSQL, database.uri(), { change }), guessed.digest, {}).takeResult();
    QVERIFY(applied.ok());
    QCOMPARE(applied->outcome, Outcome::Committed);
}

void TestRememberedTables::driftsAfterwards()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    Run run;
    std::ignore = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), run);
    database.exec("CREATE TRIGGER t AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION audited()");
    const QString before = database.dump();
    const auto applied
        = bench->apply(batchOf(EngineKind::PostgreSQL, database.uri(), { change }), run.digest, {}).takeResult();
    QVERIFY(applied.ok());
    QVERIFY(applied->failure);
    QCOMPARE(applied->failure->error.kind, ErrorKind::Drift);
    QCOMPARE(database.dump(), before);
}

void TestRememberedTables::failingStatement_data()
{
    QTest::addColumn<QByteArray>("alteration");
    QTest::addColumn<QString>("sqlState");
    QTest::addColumn<int>("passes");
    QTest::newRow("by itself") << "SELECT 1"_ba << u"22012"_s << 1;
    QTest::newRow("by itself, altered") << "ALTER TABLE items DROP COLUMN note"_ba << u"22012"_s << 2;
    QTest::newRow("for want of the table") << "ALTER TABLE items RENAME TO elsewhere"_ba << u"42P01"_s << 2;
    QTest::newRow("for want of a column") << "ALTER TABLE items DROP COLUMN quantity"_ba << u"42703"_s << 2;
}

void TestRememberedTables::failingStatement()
{
    QFETCH(QByteArray, alteration);
    QFETCH(QString, sqlState);
    const auto failing = u"UPDATE items SET quantity = quantity / (id - 3) WHERE id IN (3, 5)"_s;
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database, failing);
    database.exec(alteration);
    Run run;
    QTEST(preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { failing }), run), "passes");
    QVERIFY(run.failure);
    QCOMPARE(run.failure->error.kind, ErrorKind::Statement);
    QCOMPARE(run.failure->error.sqlState, sqlState);
    QCOMPARE(run.failure->error.statement, failing);
    QCOMPARE(run.failure->command, std::optional(0));
}

/// A failure of another kind does not hide that the rest must be done anew.
void TestRememberedTables::failingGuard()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    database.exec("ALTER TABLE items ADD COLUMN colour text DEFAULT 'red'");
    Batch batch = batchOf(EngineKind::PostgreSQL, database.uri(), { change });
    batch.commands.append(
        std::make_shared<RunSql>(u"shop"_s, u"UPDATE items SET quantity = 0 WHERE id = 999"_s, QList<Value>(), 1));
    Run run;
    QCOMPARE(preview(bench, batch, run), 2);
    QVERIFY(run.failure);
    QCOMPARE(run.failure->error.kind, ErrorKind::Guard);
    QCOMPARE(run.effects.constFirst().tables.constFirst().rows.size(), 2);
    QVERIFY(run.effects.constFirst().tables.constFirst().columns.contains(u"colour"_s));
}

void TestRememberedTables::otherNames_data()
{
    QTest::addColumn<QByteArray>("statement");
    QTest::addColumn<QString>("schema"); // empty: of a temporary table, of which nothing is told
    QTest::newRow("by another path") << "SET search_path = other"_ba << u"other"_s;
    QTest::newRow("by a temporary table")
        << "CREATE TEMPORARY TABLE items AS SELECT 3 AS id, 0 AS quantity"_ba << QString();
}

/// What the session finds under a name need not be what its companion finds.
void TestRememberedTables::otherNames()
{
    QFETCH(QByteArray, statement);
    QFETCH(QString, schema);
    const TestPostgres database(shop
                                + "CREATE SCHEMA other; CREATE TABLE other.items (id int PRIMARY KEY, quantity int);"
                                  " INSERT INTO other.items VALUES (3, 1)"_ba);
    const auto connection = connectTo(database);
    const auto errorsOf = [&](TargetEffects& effects) {
        PostgresCapturing capturing(*connection);
        effects = capturing.runAll({ change });
        return capturing.errors();
    };
    TargetEffects effects;
    for (int i = 0; i < 3; ++i)
        QCOMPARE(errorsOf(effects), QList<Error>());
    QCOMPARE(effects.tables.constFirst().name.schema, u"public"_s);
    QVERIFY(connection->query({ statement, {} }).ok());
    const QList<Error> errors = errorsOf(effects);
    QVERIFY(!errors.isEmpty()); // of the statement and at the end
    for (const Error& error : errors)
        QVERIFY2(error.kind == ErrorKind::Outdated, qUtf8Printable(error.text()));
    QCOMPARE(errorsOf(effects), QList<Error>()); // it guesses nothing any more
    QCOMPARE(effects.tables.isEmpty(), schema.isEmpty());
    if (!schema.isEmpty())
        QCOMPARE(effects.tables.constFirst().name.schema, schema);
}

void TestRememberedTables::lostSessions_data()
{
    QTest::addColumn<QByteArray>("which");
    QTest::newRow("the first") << "ORDER BY pid LIMIT 1"_ba;
    QTest::newRow("the last") << "ORDER BY pid DESC LIMIT 1"_ba;
    QTest::newRow("all") << QByteArray();
}

void TestRememberedTables::lostSessions()
{
    QFETCH(QByteArray, which);
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    const QString ended = database.scalar("SELECT count(pg_terminate_backend(pid, 5000)) FROM (SELECT pid FROM"
                                          " pg_stat_activity WHERE datname = current_database() AND"
                                          " pid <> pg_backend_pid() AND backend_type = 'client backend' "
                                          + which + ") s");
    QCOMPARE(ended, which.isEmpty() ? u"2"_s : u"1"_s);
    Run run;
    std::ignore = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), run);
    QVERIFY2(run.outcome == Outcome::Ready, qUtf8Printable(run.failure ? run.failure->error.text() : QString()));
    QCOMPARE(run.effects.constFirst().tables.constFirst().rows.size(), 2);
}

void TestRememberedTables::positionsAreThoseBefore()
{
    const TestPostgres database(shop + "CREATE SEQUENCE numbers; SELECT setval('numbers', 10);"_ba);
    const TestWorkbench bench;
    const auto drawing = u"UPDATE items SET quantity = nextval('numbers') WHERE id = 3"_s;
    const Batch batch = batchOf(EngineKind::PostgreSQL, database.uri(), { drawing });
    Run run;
    for (int i = 0; i < 4; ++i) {
        const QString before = database.scalar("SELECT last_value FROM numbers");
        std::ignore = preview(bench, batch, run);
        QCOMPARE(run.outcome, Outcome::Ready);
        const QList<Caution>& cautions = run.effects.constFirst().cautions;
        const bool isTold = std::ranges::any_of(cautions, [&](const Caution& caution) {
            return caution.code == "sequence-advanced"_L1 && caution.text.contains(u"went from %1 to"_s.arg(before));
        });
        QVERIFY2(isTold, qUtf8Printable(cautions.isEmpty() ? u"no caution"_s : cautions.constFirst().text));
    }
}

QTEST_GUILESS_MAIN(TestRememberedTables)
#include "tst_rememberedtables.moc"
