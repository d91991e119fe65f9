// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/workbench.h"
#include "support/engines.h"
#include "support/inversecases.h"
#include "support/scriptbatch.h"

#include <algorithm>
#include <span>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

QString why(const Result<Run>& run)
{
    if (!run)
        return run.error().text();
    QStringList texts { outcomeName(run->outcome), run->cause };
    if (run->failure)
        texts.append(run->failure->error.text());
    for (const DriftRow& row : run->drift)
        texts.append(row.table.table + u": "_s + row.text);
    return texts.join(u'\n');
}

QStringList cautionCodes(const Run& run)
{
    QStringList codes;
    for (const TargetEffects& target : run.effects) {
        for (const Caution& caution : target.cautions)
            codes.append(caution.code);
    }
    return codes;
}

} // namespace

#define VERIFY_OUTCOME(run, expected) QVERIFY2((run).ok() && (run)->outcome == (expected), qUtf8Printable(why(run)))

/// Undo as the operator has it: over the workbench, its journal and real databases.
class TestUndo : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void restoresTheDump_data();
    void restoresTheDump();
    void restoresTheDumpWithoutTheRight_data();
    void restoresTheDumpWithoutTheRight();
    void firesNoTriggers_data() { engineRows(); }
    void firesNoTriggers();
    void stopsAtWhatChangedSince_data();
    void stopsAtWhatChangedSince();
    void counterUsedSinceStays();
    void restoresFullTextIndex();
    void saysWhatItWouldDoOtherwise();
    void saysBeforeWhatCannotBeUndone_data();
    void saysBeforeWhatCannotBeUndone();
    void saysWhatStays();
    void temporaryTablesAreNoObstacle_data() { engineRows(); }
    void temporaryTablesAreNoObstacle();

private:
    static void addCases();
    [[nodiscard]] Target target(const TestDatabase& database, const QString& role = u"postgres"_s) const;
    [[nodiscard]] std::shared_ptr<Workbench> workbench() const;

    QTemporaryDir m_folder;
    QString m_role; // may not suppress triggers; owns what the tests hand to it
};

void TestUndo::initTestCase()
{
    m_role = u"holdpoint_undo_%1"_s.arg(QCoreApplication::applicationPid());
    if (TestPostgres::available())
        TestPostgres().exec("CREATE ROLE " + m_role.toUtf8() + " LOGIN");
}

void TestUndo::cleanupTestCase()
{
    if (TestPostgres::available())
        TestPostgres().exec("DROP ROLE " + m_role.toUtf8());
}

std::shared_ptr<Workbench> TestUndo::workbench() const
{
    static int number = 0;
    auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++number))).takeResult();
    if (!journal)
        qFatal("%s", qUtf8Printable(journal.error().text()));
    return std::make_shared<Workbench>(*journal, nullptr);
}

Target TestUndo::target(const TestDatabase& database, const QString& role) const
{
    Target target = database.target(u"db"_s);
    if (target.engine == EngineKind::PostgreSQL)
        target.address.replace(u"postgres@"_s, role + u'@');
    return target;
}

void TestUndo::addCases()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QByteArray>("change");
    const auto add = [](EngineKind engine, std::span<const Case> cases) {
        for (const Case& each : cases)
            QTest::addRow("%s: %s", engine == EngineKind::SQLite ? "SQLite" : "PostgreSQL", each.name)
                << engine << QByteArray(each.setUp) << QByteArray(each.change);
    };
    for (const auto cases : { std::span<const Case>(common), std::span<const Case>(exchanged) }) {
        add(EngineKind::SQLite, cases);
        if (TestPostgres::available())
            add(EngineKind::PostgreSQL, cases);
    }
    add(EngineKind::SQLite, sqliteOnly);
    add(EngineKind::SQLite, sqliteExchanged);
    if (TestPostgres::available()) {
        add(EngineKind::PostgreSQL, postgresOnly);
        add(EngineKind::PostgreSQL, postgresExchanged);
    } else {
        qInfo("PostgreSQL is left out: %s", TestPostgres::whyNot());
    }
}

void TestUndo::restoresTheDump_data()
{
    addCases();
    for (const Case& each : sqliteUndo)
        QTest::addRow("SQLite: %s", each.name)
            << EngineKind::SQLite << QByteArray(each.setUp) << QByteArray(each.change);
    for (const Case& each : std::span(postgresUndo).first(TestPostgres::available() ? std::size(postgresUndo) : 0))
        QTest::addRow("PostgreSQL: %s", each.name)
            << EngineKind::PostgreSQL << QByteArray(each.setUp) << QByteArray(each.change);
}

// The rows' order in the dump is not theirs in the table; sqlite_sequence is in it.
void TestUndo::restoresTheDump()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, setUp);
    QFETCH(QByteArray, change);
    const TestDatabase database(engine, setUp);
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(target(database), change), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const QString after = database.dump();
    QVERIFY(after != before);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.dump(), before);
    const auto redone = bench->undo(undone->id, true, {}).takeResult();
    VERIFY_OUTCOME(redone, Outcome::Committed);
    QCOMPARE(database.dump(), after);
}

void TestUndo::restoresTheDumpWithoutTheRight_data()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QByteArray>("change");
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    for (const auto cases : { std::span<const Case>(common), std::span<const Case>(postgresOnly) }) {
        for (const Case& each : cases)
            QTest::addRow("%s", each.name) << QByteArray(each.setUp) << QByteArray(each.change);
    }
}

// Foreign keys act and are enforced: order alone makes it exact.
void TestUndo::restoresTheDumpWithoutTheRight()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QByteArray, change);
    const TestDatabase database(EngineKind::PostgreSQL,
                                "GRANT ALL ON SCHEMA public TO " + m_role.toUtf8()
                                    + "; DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO " + m_role.toUtf8()
                                    + "', current_database()); END $$; SET ROLE " + m_role.toUtf8() + "; " + setUp);
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(target(database, m_role), change), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QVERIFY(cautionCodes(*undone).contains(u"triggers-fire"_s));
    QCOMPARE(database.dump(), before);
}

void TestUndo::firesNoTriggers()
{
    QFETCH(EngineKind, engine);
    const QByteArray tables = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, seen INTEGER DEFAULT 0);"
                              "CREATE TABLE log(what TEXT); INSERT INTO t VALUES (1, 1, 0), (2, 2, 0);";
    const TestDatabase database(
        engine,
        engine == EngineKind::SQLite ? tables
                + "CREATE TRIGGER a AFTER UPDATE OF n ON t BEGIN INSERT INTO log VALUES (new.id || ' ' || new.n);"
                  " UPDATE t SET seen = seen + 1 WHERE id = new.id; END;"
                  "CREATE TRIGGER b BEFORE DELETE ON t BEGIN INSERT INTO log VALUES ('gone'); END;"
                                     : tables
                + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " INSERT INTO log VALUES (TG_OP || coalesce(old.n, 0)); new.seen := old.seen + 1; RETURN "
                  "coalesce(new,"
                  " old); END $$; CREATE TRIGGER a BEFORE UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION f();");
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied
        = bench
              ->apply(batchOf(target(database), "UPDATE t SET n = 5 WHERE id = 1; DELETE FROM t WHERE id = 2;"), {}, {})
              .takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT count(*) FROM log"), u"2"_s);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.dump(), before);
}

void TestUndo::stopsAtWhatChangedSince_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("meanwhile");
    QTest::addColumn<QStringList>("told"); // in the error, its detail or the rows that differ
    QList<EngineKind> engines { EngineKind::SQLite };
    if (TestPostgres::available())
        engines.append(EngineKind::PostgreSQL);
    for (const EngineKind engine : engines) {
        const auto add = [engine](const char* name, const char* meanwhile, const QStringList& told) {
            QTest::addRow("%s: %s", engine == EngineKind::SQLite ? "SQLite" : "PostgreSQL", name)
                << engine << QByteArray(meanwhile) << told;
        };
        add("updated again", "UPDATE t SET a = 8 WHERE id = 1", { u"id = 1"_s, u"a is 8, expected 7"_s });
        add("another column", "UPDATE t SET b = NULL WHERE id = 1", { u"id = 1"_s, u"b is NULL, expected 'y'"_s });
        add("gone", "DELETE FROM t WHERE id = 1", { u"no row of"_s, u"id = 1"_s });
        add("added row changed", "UPDATE t SET a = 4 WHERE id = 3", { u"id = 3"_s, u"a is 4, expected 3"_s });
        add("deleted row there again", "INSERT INTO t VALUES (2, 0, 'x', 0)", { u"t"_s });
        add("row without key", "UPDATE k SET n = 9", { u"8"_s, u"'k'"_s });
        add("new reference to a row that goes", "INSERT INTO c VALUES (1, 3)", { u"foreign key"_s });
    }
    if (TestPostgres::available()) // 1.00 equals 1.0, but is not what was there
        QTest::newRow("PostgreSQL: equal but not the same")
            << EngineKind::PostgreSQL << "UPDATE t SET price = 1.00 WHERE id = 1"_ba
            << QStringList { u"restore exactly"_s };
}

void TestUndo::stopsAtWhatChangedSince()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, meanwhile);
    QFETCH(QStringList, told);
    const TestDatabase database(
        engine,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b TEXT, price NUMERIC DEFAULT 1.0);"
        "INSERT INTO t VALUES (1, 1, 'y', 1.0), (2, 2, 'y', 1.0); CREATE TABLE k(n INTEGER, s TEXT);"
        "INSERT INTO k VALUES (1, 'k'), (1, 'k'); CREATE TABLE c(id INTEGER PRIMARY KEY, t INTEGER REFERENCES t(id));");
    const auto bench = workbench();
    const auto applied = bench
                             ->apply(batchOf(target(database),
                                             "UPDATE t SET a = 7 WHERE id = 1; DELETE FROM t WHERE id = 2;"
                                             "INSERT INTO t(id, a, b) VALUES (3, 3, 'n'); UPDATE k SET n = 8;"),
                                     {}, {})
                             .takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    database.exec(meanwhile);
    const QString before = database.dump();
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::RolledBack);
    QCOMPARE(database.dump(), before);
    QVERIFY(undone->failure.has_value());
    const QString text = undone->failure->error.text() + undone->failure->error.detail;
    for (const QString& part : told)
        QVERIFY2(text.contains(part, Qt::CaseInsensitive), qUtf8Printable(text));
    const auto logged = bench->journal().run(undone->id).takeResult();
    QVERIFY(logged.ok());
    QCOMPARE(logged->outcome, Outcome::RolledBack);
}

// Whoever has drawn a number since keeps it, and the next one is higher.
void TestUndo::counterUsedSinceStays()
{
    const TestDatabase database(EngineKind::SQLite,
                                "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT); INSERT INTO t(v) VALUES "
                                "('a');");
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(target(database), "INSERT INTO t(v) VALUES ('b')"), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    database.exec("INSERT INTO t(v) VALUES ('c')");
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT group_concat(id || v) FROM t"), u"1a,3c"_s);
    QCOMPARE(database.scalar("SELECT seq FROM sqlite_sequence"), u"3"_s);
}

void TestUndo::restoresFullTextIndex()
{
    const TestDatabase database(
        EngineKind::SQLite,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE VIRTUAL TABLE ft USING fts5(v, content='t',"
        " content_rowid='id'); CREATE TRIGGER i AFTER INSERT ON t BEGIN INSERT INTO ft(rowid, v) VALUES (new.id, "
        "new.v);"
        " END; CREATE TRIGGER d AFTER DELETE ON t BEGIN INSERT INTO ft(ft, rowid, v) VALUES ('delete', old.id, old.v);"
        " END; CREATE VIRTUAL TABLE box USING rtree(id, x0, x1); INSERT INTO t VALUES (1, 'one apple'), (2, 'two "
        "pears');"
        " INSERT INTO box VALUES (1, 0, 1), (2, 5, 6);");
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied = bench
                             ->apply(batchOf(target(database),
                                             "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (3, 'three plums');"
                                             "DELETE FROM box WHERE id = 2; INSERT INTO box VALUES (3, 8, 9);"),
                                     {}, {})
                             .takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT count(*) FROM ft WHERE ft MATCH 'apple'"), u"0"_s);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.dump(), before);
    QCOMPARE(database.scalar("SELECT rowid FROM ft WHERE ft MATCH 'apple'"), u"1"_s);
    QCOMPARE(database.scalar("SELECT count(*) FROM ft WHERE ft MATCH 'plums'"), u"0"_s);
    database.exec("INSERT INTO ft(ft) VALUES ('integrity-check')");
    QCOMPARE(database.scalar("SELECT rtreecheck('box')"), u"ok"_s);
}

void TestUndo::saysWhatItWouldDoOtherwise()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    // Fires whatever session_replication_role says.
    const TestDatabase database(
        EngineKind::PostgreSQL,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE log(n INTEGER); INSERT INTO t VALUES (1, 1);"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (new.n); RETURN new; "
        "END"
        " $$; CREATE TRIGGER a AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER"
        " a;");
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(target(database), "UPDATE t SET n = 2"), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const QString after = database.dump();

    const auto refused = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(refused, Outcome::RolledBack);
    QCOMPARE(refused->cause, u"undo-differs"_s);
    QCOMPARE(refused->drift.size(), 1);
    QCOMPARE(refused->drift.at(0).table.table, u"log"_s);
    QCOMPARE(refused->drift.at(0).now->after, Row { Value::integer(1) });
    QCOMPARE(database.dump(), after);

    RunOptions accepting;
    accepting.acceptDifferences = true;
    const auto preview = bench->undo(applied->id, false, accepting).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    QCOMPARE(preview->drift, refused->drift);
    const auto undone = bench->undo(applied->id, true, accepting).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.scalar("SELECT n FROM t"), u"1"_s);
    const auto logged = bench->journal().run(undone->id).takeResult();
    QVERIFY(logged.ok());
    QCOMPARE(logged->drift.size(), 1);
    QCOMPARE(logged->drift.at(0).table, refused->drift.at(0).table);
    QCOMPARE(logged->drift.at(0).now->after, Row { Value::integer(1) });
}

void TestUndo::saysBeforeWhatCannotBeUndone_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<QString>("told");
    const auto add = [](const char* name, const char* change, const QString& told) {
        QTest::addRow("SQLite: %s", name) << EngineKind::SQLite << QByteArray(change) << told;
        if (TestPostgres::available())
            QTest::addRow("PostgreSQL: %s", name) << EngineKind::PostgreSQL << QByteArray(change) << told;
    };
    add("dropped table", "DROP TABLE t", u"drop table"_s);
    add("dropped column", "ALTER TABLE t DROP COLUMN v", u"alter table"_s);
    add("new table", "CREATE TABLE n(id INTEGER)", u"create table"_s);
    add("new index", "CREATE INDEX by_v ON t (v)", u"create index"_s);
    if (!TestPostgres::available())
        return;
    QTest::newRow("PostgreSQL: large object")
        << EngineKind::PostgreSQL << "SELECT lo_from_bytea(0, 'x')"_ba << u"catalog pg_largeobject"_s;
}

void TestUndo::saysBeforeWhatCannotBeUndone()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, change);
    QFETCH(QString, told);
    const TestDatabase database(engine,
                                "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a');");
    const auto bench = workbench();
    const auto preview = bench->preview(batchOf(target(database), change), {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    QStringList obstacles;
    for (const Caution& caution : preview->effects.at(0).cautions) {
        if (caution.code == "not-undoable"_L1)
            obstacles.append(caution.text);
    }
    QVERIFY2(obstacles.join(u'\n').contains(told), qUtf8Printable(obstacles.join(u'\n')));
    const auto applied = bench->apply(batchOf(target(database), change), preview->digest, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const auto logged = bench->journal().run(applied->id).takeResult();
    QVERIFY(logged.ok() && cautionCodes(*logged).contains(u"not-undoable"_s));
    const auto undone = bench->undo(applied->id, false, {}).takeResult();
    QVERIFY(!undone.ok());
    QCOMPARE(undone.error().kind, ErrorKind::Usage);
    QVERIFY2(undone.error().message.contains(told), qUtf8Printable(undone.error().message));
}

void TestUndo::saysWhatStays()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, "CREATE TABLE t(id SERIAL PRIMARY KEY, v TEXT)");
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(target(database), "INSERT INTO t(v) VALUES ('a')"), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QVERIFY(cautionCodes(*applied).contains(u"sequence-advanced"_s));
    const auto preview = bench->undo(applied->id, false, {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    QCOMPARE(cautionCodes(*preview), QStringList { u"not-undone"_s });
}

void TestUndo::temporaryTablesAreNoObstacle()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine,
                                "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a');");
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied = bench
                             ->apply(batchOf(target(database),
                                             "CREATE TEMP TABLE wanted (id INTEGER); INSERT INTO wanted VALUES (1);"
                                             "DELETE FROM t WHERE id IN (SELECT id FROM wanted);"),
                                     {}, {})
                             .takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QCOMPARE(cautionCodes(*applied), QStringList { u"temporary-table"_s });
    QVERIFY(database.dump() != before);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.dump(), before);
}

QTEST_GUILESS_MAIN(TestUndo)
#include "tst_undo.moc"
