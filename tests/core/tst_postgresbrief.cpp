// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "support/postgrescapturing.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

#include <QTest>

#include <thread>

using namespace holdpoint;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE items (id integer PRIMARY KEY, name text, quantity integer CHECK (quantity < 1000), note text,
                        changed timestamptz DEFAULT '2020-01-01');
    INSERT INTO items SELECT i, 'item ' || i, i, 'note ' || i FROM generate_series(1, 20) i;
    CREATE TABLE lines (id serial PRIMARY KEY, item integer REFERENCES items ON DELETE CASCADE ON UPDATE CASCADE,
                        note text);
    INSERT INTO lines (item, note) SELECT 1 + i % 20, 'line ' || i FROM generate_series(1, 60) i;
    CREATE TABLE audit (what text);
    CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP || TG_TABLE_NAME); RETURN NULL; END $$;
    CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON lines FOR EACH ROW EXECUTE FUNCTION audited();
    CREATE TABLE deferred (id integer PRIMARY KEY, note text);
    INSERT INTO deferred VALUES (1, 'a'), (2, 'b');
    CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON deferred DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION audited();
    CREATE TABLE parts (id integer, kind text, note text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
    CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('a');
    CREATE TABLE parts_b PARTITION OF parts FOR VALUES IN ('b');
    INSERT INTO parts VALUES (1, 'a', 'x'), (2, 'b', 'y');
    CREATE TABLE orders (id integer PRIMARY KEY, item integer REFERENCES items DEFERRABLE INITIALLY DEFERRED,
                         note text);
    INSERT INTO orders VALUES (1, 1, 'x');
    CREATE TABLE bag (note text);
    INSERT INTO bag VALUES ('x'), ('x'), ('y');
    CREATE VIEW shown AS SELECT id, note FROM items WHERE id > 10;
)sql";

const auto change = u"UPDATE items SET quantity = quantity + 1 WHERE id IN (3, 5)"_s;

} // namespace

/// A batch of one short statement, on a session that remembers tables, begins without a second connection.
class TestPostgresBrief : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void sameEffects_data();
    void sameEffects();
    void failsAlike_data();
    void failsAlike();
    void someColumnsOnly();
    void settingsOfItsOwn();
    void lockedAgainstAll();
    void stopsNobody();
    void cancelledWhileItAsks();
    void othersWait();
    void lostSecondConnection();
    void drifts();

private:
    static void warm(PostgresConnection& connection);
    [[nodiscard]] static Run preview(const TestWorkbench& bench, const Batch& batch, const RunOptions& options = {});
    static void warm(const TestWorkbench& bench, const TestPostgres& database);
};

void TestPostgresBrief::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresBrief::warm(PostgresConnection& connection)
{
    for (int i = 0; i < 3; ++i) {
        PostgresCapturing capturing(connection);
        capturing.beBrief();
        compareLines(effectsText(capturing.runAll({ change })),
                     { u"items ~ #0 direct (3, item 3, 3, note 3, 2020-01-01 00:00:00+00) ->"
                       " (3, item 3, 4, note 3, 2020-01-01 00:00:00+00)"_s,
                       u"items ~ #0 direct (5, item 5, 5, note 5, 2020-01-01 00:00:00+00) ->"
                       " (5, item 5, 6, note 5, 2020-01-01 00:00:00+00)"_s });
        QCOMPARE(capturing.errors(), QList<Error>());
    }
}

Run TestPostgresBrief::preview(const TestWorkbench& bench, const Batch& batch, const RunOptions& options)
{
    auto previewed = bench->preview(batch, options).takeResult();
    if (!previewed)
        qFatal("%s", qUtf8Printable(previewed.error().text()));
    return *previewed;
}

void TestPostgresBrief::warm(const TestWorkbench& bench, const TestPostgres& database)
{
    for (int i = 0; i < 3; ++i)
        QCOMPARE(preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change })).outcome, Outcome::Ready);
}

void TestPostgresBrief::sameEffects_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<bool>("alone"); // no second connection is needed
    const auto row = [](const char* name, const char* statement, bool alone = false) {
        QTest::newRow(name) << QString::fromUtf8(statement) << alone;
    };
    row("some rows by key", "UPDATE items SET quantity = 0, note = note || '!' WHERE id IN (1, 4, 7)", true);
    row("a row by key", "UPDATE items SET note = 'x' WHERE id = 4", true);
    row("no row", "UPDATE items SET note = 'x' WHERE id = 4000", true);
    row("more conditions", "UPDATE items SET note = 'x' WHERE id IN (3, 4) AND quantity = 4", true);
    row("rows as they are", "UPDATE items SET note = note WHERE id IN (3, 4)", true);
    row("the key", "UPDATE items SET id = 400 WHERE id = 4");
    row("keys exchanged", "UPDATE items SET id = CASE id WHEN 20 THEN 21 ELSE id + 100 END WHERE id IN (19, 20)");
    row("without a key", "UPDATE items SET note = 'all' WHERE quantity > 5");
    row("insert", "INSERT INTO items (id, name) VALUES (100, 'new')", true);
    row("upsert", "INSERT INTO items (id, name) VALUES (4, 'new') ON CONFLICT (id) DO UPDATE SET name = excluded.name");
    row("delete with a cascade and triggers", "DELETE FROM items WHERE id = 4");
    row("triggers", "UPDATE lines SET note = 'x' WHERE id = 3");
    row("deferred trigger", "UPDATE deferred SET note = 'x' WHERE id = 2");
    row("partition moved", "UPDATE parts SET kind = 'b' WHERE id = 1");
    row("without any key", "DELETE FROM bag WHERE ctid = (SELECT min(ctid) FROM bag WHERE note = 'x')");
    row("view", "UPDATE shown SET note = 'x' WHERE id = 12");
    row("clock", "UPDATE items SET changed = date_trunc('century', now()) WHERE id = 3");
    row("sequence", "INSERT INTO lines (item, note) VALUES (4, 'new')");
    row("writable CTE", "WITH gone AS (DELETE FROM bag RETURNING note) UPDATE items SET note = 'x' WHERE id = 3");
    row("truncate", "TRUNCATE bag");
    row("truncate in a block", "DO $$ BEGIN TRUNCATE bag; UPDATE items SET note = 'x' WHERE id = 3; END $$");
    row("column added", "ALTER TABLE items ADD COLUMN colour text DEFAULT 'red'");
    row("table made", "CREATE TABLE copied AS SELECT * FROM items WHERE id < 3");
    row("table dropped in a block", "DO $$ BEGIN DROP TABLE bag; END $$");
    row("function made", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    row("settings", "DO $$ BEGIN SET datestyle = 'German'; UPDATE items SET note = 'x' WHERE id = 3; END $$");
    row("nothing", "SELECT 1", true);
}

void TestPostgresBrief::sameEffects()
{
    QFETCH(QString, statement);
    QFETCH(bool, alone);
    const TestPostgres database(shop);
    const auto connection = connectTo(database);
    warm(*connection);
    const QByteArray fromHere = "ALTER SEQUENCE lines_id_seq RESTART WITH 1000"; // which no rollback takes back
    database.exec(fromHere);
    const QString before = database.dump();
    const quint64 begunBefore = (*connection->companion())->transactionsBegun();
    PostgresCapturing brief(*connection);
    brief.beBrief();
    const TargetEffects effects = brief.runAll({ statement }, PostgresCapturing::End::Rollback, false);
    QCOMPARE(brief.errors(), QList<Error>());
    QCOMPARE((*connection->companion())->transactionsBegun() - begunBefore, alone ? 0U : 1U);
    QVERIFY(!(*connection->companion())->inTransaction());
    QCOMPARE(database.dump(), before);
    database.exec(fromHere);
    const auto another = connectTo(database);
    PostgresCapturing usual(*another);
    compareLines(effectsText(effects),
                 effectsText(usual.runAll({ statement }, PostgresCapturing::End::Rollback, false)));
    warm(*connection); // which it left as it found it
}

void TestPostgresBrief::failsAlike_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QString>("sqlState");
    QTest::newRow("check") << u"UPDATE items SET quantity = 5000 WHERE id = 3"_s << u"23514"_s;
    QTest::newRow("division") << u"UPDATE items SET quantity = 1 / (id - 3) WHERE id = 3"_s << u"22012"_s;
    QTest::newRow("no integer") << u"UPDATE items SET note = 'x' WHERE id = 'three'"_s << u"22P02"_s;
    QTest::newRow("no integer among them")
        << u"UPDATE items SET note = 'x' WHERE id = ANY ('{1,three}')"_s << u"22P02"_s;
    QTest::newRow("too large") << u"UPDATE items SET note = 'x' WHERE id IN (1, 5000000000)"_s << QString();
    QTest::newRow("deferred foreign key") << u"UPDATE orders SET item = 999 WHERE id = 1"_s << u"23503"_s;
    QTest::newRow("deferred foreign key, no key named")
        << u"UPDATE orders SET item = 999 WHERE note = 'x'"_s << u"23503"_s;
    QTest::newRow("no such column") << u"UPDATE items SET colour = 'x' WHERE id = 3"_s << u"42703"_s;
    QTest::newRow("no such table") << u"UPDATE elsewhere SET note = 'x' WHERE id = 3"_s << u"42P01"_s;
}

/// As on a session that remembers nothing, in the operator's own statement.
void TestPostgresBrief::failsAlike()
{
    QFETCH(QString, statement);
    QFETCH(QString, sqlState);
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    const Run warmed = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { statement }));
    const Run fresh = preview(TestWorkbench(), batchOf(EngineKind::PostgreSQL, database.uri(), { statement }));
    QCOMPARE(warmed.outcome, fresh.outcome);
    QCOMPARE(warmed.failure.has_value(), !sqlState.isEmpty());
    if (!warmed.failure)
        return;
    QCOMPARE(warmed.failure->error.sqlState, sqlState);
    QCOMPARE(warmed.failure->error.text(), fresh.failure->error.text());
    QCOMPARE(warmed.failure->error.statement, fresh.failure->error.statement);
    QCOMPARE(warmed.failure->error.position, fresh.failure->error.position);
    QCOMPARE(warmed.failure->command, fresh.failure->command);
}

/// Who may not lock the table whole has the old rows asked for afterwards.
void TestPostgresBrief::someColumnsOnly()
{
    const TestPostgres database(shop);
    const QByteArray role = "holdpoint_brief_" + QByteArray::number(QCoreApplication::applicationPid());
    database.exec("CREATE ROLE " + role + " LOGIN; GRANT SELECT, UPDATE (quantity) ON items TO " + role);
    const auto cleanUp = qScopeGuard([&] { database.exec("DROP OWNED BY " + role + "; DROP ROLE " + role); });
    const auto connection = connectTo(database);
    QVERIFY(connection->query({ "SET SESSION AUTHORIZATION " + role, {} }).ok());
    warm(*connection);
    const quint64 begunBefore = (*connection->companion())->transactionsBegun();
    warm(*connection);
    QCOMPARE((*connection->companion())->transactionsBegun() - begunBefore, 3U);
}

/// Nobody compares what one session prints with what another one does.
void TestPostgresBrief::settingsOfItsOwn()
{
    const TestPostgres database(shop);
    const auto connection = connectTo(database);
    warm(*connection);
    QVERIFY(connection->query({ "SET datestyle = 'German'", {} }).ok());
    warm(*connection);
}

/// The question before the statement waits for what the statement would wait for, and says so in its place.
void TestPostgresBrief::lockedAgainstAll()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    RunOptions options;
    options.connection.lockTimeout = 200ms;
    for (int i = 0; i < 3; ++i)
        QCOMPARE(preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), options).outcome,
                 Outcome::Ready);
    const auto other = connectTo(database);
    QVERIFY(other->begin(TransactionMode::Write).ok());
    QVERIFY(other->query({ "LOCK TABLE items IN ACCESS EXCLUSIVE MODE", {} }).ok());
    const auto passes = std::make_shared<std::atomic<int>>(0);
    RunOptions counting = countingPasses(passes);
    counting.connection = options.connection;
    const Run run = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), counting);
    QVERIFY(run.failure);
    QCOMPARE(run.failure->error.sqlState, u"55P03"_s);
    QCOMPARE(run.failure->error.statement, change);
    QCOMPARE(run.failure->error.position, 0);
    QCOMPARE(*passes, 1);
    QVERIFY(other->rollback().ok());
    QCOMPARE(preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }), options).outcome,
             Outcome::Ready);
}

/// A session that wants a stronger lock than it has meets nobody who already reads the table and waits to write it.
void TestPostgresBrief::stopsNobody()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    const auto other = connectTo(database);
    QVERIFY(other->begin(TransactionMode::Write).ok());
    QVERIFY(other->query({ "LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE", {} }).ok());
    auto future = bench->preview(batchOf(EngineKind::PostgreSQL, database.uri(), { change }), {});
    QVERIFY(QTest::qWaitFor([&] {
        return database.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'items'::regclass")
            == "1"_L1;
    }));
    const auto altered = other->query({ "ALTER TABLE items ALTER COLUMN note SET DEFAULT 'new'", {} });
    QVERIFY2(altered.ok(), qUtf8Printable(altered ? QString() : altered.error().text()));
    QCOMPARE(other->commit().end, CommitEnd::Committed);
    const auto run = future.takeResult();
    QVERIFY(run.ok());
    QCOMPARE(run->outcome, Outcome::Ready);
}

void TestPostgresBrief::cancelledWhileItAsks()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    const auto other = connectTo(database);
    QVERIFY(other->begin(TransactionMode::Write).ok());
    QVERIFY(other->query({ "LOCK TABLE items IN ACCESS EXCLUSIVE MODE", {} }).ok());
    RunOptions options;
    auto future = bench->preview(batchOf(EngineKind::PostgreSQL, database.uri(), { change }), options);
    QVERIFY(QTest::qWaitFor([&] {
        return database.scalar("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                               " AND datname = current_database()")
            == "1"_L1;
    }));
    options.cancellation.cancel();
    const auto run = future.takeResult();
    QVERIFY(run.ok());
    QVERIFY(run->failure);
    QVERIFY2(run->failure->error.isCancelled(), qUtf8Printable(run->failure->error.text()));
    QVERIFY(other->rollback().ok());
    warm(bench, database);
}

/// Who waits for whom is asked of the second connection, which has no transaction.
void TestPostgresBrief::othersWait()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    const auto holding = connectTo(database);
    QVERIFY(holding->begin(TransactionMode::Write).ok());
    QVERIFY(holding->query({ "LOCK TABLE bag IN ACCESS EXCLUSIVE MODE", {} }).ok());
    std::thread waiting([&] { database.exec("DELETE FROM bag"); });
    const bool waits = QTest::qWaitFor([&] {
        return database.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'bag'::regclass")
            == "1"_L1;
    });
    const Run run = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }));
    std::ignore = holding->rollback();
    waiting.join();
    QVERIFY(waits);
    QCOMPARE(run.outcome, Outcome::Ready);
    const auto& locks = run.targets.constFirst().locks;
    QVERIFY(locks && locks->waiting);
    QVERIFY(locks->waiting->isEmpty()); // for this run
    QCOMPARE(locks->held.constFirst().object, u"public.items"_s);
}

/// It ends while the statement runs, the first time.
void TestPostgresBrief::lostSecondConnection()
{
    const TestPostgres database(shop + "CREATE SEQUENCE times;"_ba);
    const TestWorkbench bench;
    warm(bench, database);
    const auto passes = std::make_shared<std::atomic<int>>(0);
    const auto ending = u"UPDATE items SET note = 'x' FROM (SELECT CASE WHEN nextval('times') = 1 THEN"
                        " (SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        " AND backend_type = 'client backend') END) s WHERE quantity = 3"_s;
    const Run run = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { ending }), countingPasses(passes));
    QVERIFY2(run.outcome == Outcome::Ready, qUtf8Printable(run.failure ? run.failure->error.text() : QString()));
    QCOMPARE(*passes, 3); // one is done anew, and what calls something volatile takes two
    const QList<TableEffects>& tables = run.effects.constFirst().tables;
    QCOMPARE(tables.size(), 1);
    QCOMPARE(tables.constFirst().rows.size(), 1);
}

/// What another session changed after the preview is drift, told with the rows of both times.
void TestPostgresBrief::drifts()
{
    const TestPostgres database(shop);
    const TestWorkbench bench;
    warm(bench, database);
    const Run previewed = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }));
    database.exec("UPDATE items SET note = 'other' WHERE id = 5");
    const QString before = database.dump();
    const auto applied
        = bench->apply(batchOf(EngineKind::PostgreSQL, database.uri(), { change }), previewed.digest, {}).takeResult();
    QVERIFY(applied.ok());
    QVERIFY(applied->failure);
    QCOMPARE(applied->failure->error.kind, ErrorKind::Drift);
    QCOMPARE(database.dump(), before);
    const Run again = preview(bench, batchOf(EngineKind::PostgreSQL, database.uri(), { change }));
    const auto committed
        = bench->apply(batchOf(EngineKind::PostgreSQL, database.uri(), { change }), again.digest, {}).takeResult();
    QVERIFY(committed.ok());
    QCOMPARE(committed->outcome, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT string_agg(quantity::text, ',' ORDER BY id) FROM items WHERE id IN (3, 5)"),
             u"4,6"_s);
}

QTEST_GUILESS_MAIN(TestPostgresBrief)
#include "tst_postgresbrief.moc"
