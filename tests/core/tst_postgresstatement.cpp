// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresstatement.h"

#include <QTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using Kind = StatementInfo::Kind;

namespace {

QString names(const QList<TableName>& tables)
{
    QStringList words;
    for (const TableName& table : tables)
        words.append(table.schema.isEmpty() ? table.table : table.schema + u'.' + table.table);
    return words.join(u' ');
}

QString repeated(const QString& start, const QString& part, int times, const QString& end = {})
{
    return start + part.repeated(times) + end;
}

} // namespace

class TestPostgresStatement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void tellsKinds_data();
    void tellsKinds();
    void namesRewrittenTables_data();
    void namesRewrittenTables();
    void tellsDetails();
    void namesValues();
    void countsParameters_data();
    void countsParameters();
    void refuses_data();
    void refuses();
    void allows_data();
    void allows();
    void placesErrors_data();
    void placesErrors();
    void survivesMonsters_data();
    void survivesMonsters();
    void splitsScripts_data();
    void splitsScripts();
    void addsReturning_data();
    void addsReturning();
    void worksInManyThreads();
};

void TestPostgresStatement::tellsKinds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("written");
    const auto row = [](const char* text, Kind kind, const char* written = "") {
        QTest::newRow(text) << QString::fromUtf8(text) << kind << QString::fromUtf8(written);
    };
    row("SELECT 1", Kind::Read);
    row("VALUES (1)", Kind::Read);
    row("TABLE t", Kind::Read);
    row("WITH x AS (SELECT 1) SELECT * FROM x", Kind::Read);
    row("SHOW search_path", Kind::Read);
    row("SELECT * FROM t FOR UPDATE", Kind::Other);
    row("SELECT * FROM (SELECT * FROM t FOR SHARE) s", Kind::Other);
    row("SELECT 1 AS a INTO fresh", Kind::Other);
    row("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", Kind::Other);
    row("INSERT INTO s.t VALUES (1)", Kind::Insert, "s.t");
    row("INSERT INTO \"T\" SELECT * FROM u", Kind::Insert, "T");
    row("WITH x AS (SELECT 1) UPDATE t SET a = 1", Kind::Update, "t");
    row("WITH x AS (INSERT INTO u VALUES (1) RETURNING *) UPDATE t SET a = 1", Kind::Other);
    row("DELETE FROM ONLY t USING u WHERE t.a = u.a;", Kind::Delete, "t");
    row("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", Kind::Other);
    row("DO $$ BEGIN NULL; END $$", Kind::Other);
    row("CREATE TABLE t (a int)", Kind::Other);
    row("EXPLAIN ANALYZE DELETE FROM t", Kind::Other);
    row("COPY t FROM '/tmp/file'", Kind::Other);
    row("CALL p(1)", Kind::Other);
}

void TestPostgresStatement::tellsKinds()
{
    QFETCH(QString, text);
    QFETCH(Kind, kind);
    QFETCH(QString, written);
    const auto info = checkPostgresStatement(text);
    QVERIFY2(info.ok(), info.ok() ? "" : qPrintable(info.error().text()));
    QCOMPARE(info->kind, kind);
    QCOMPARE(names({ info->written }), written);
}

void TestPostgresStatement::namesRewrittenTables_data()
{
    QTest::addColumn<QString>("tables");
    QTest::addColumn<bool>("changesSchema");
    const auto row = [](const char* text, const char* tables, bool changesSchema) {
        QTest::newRow(text) << QString::fromUtf8(tables) << changesSchema;
    };
    row("TRUNCATE a, s.b", "a s.b", false);
    row("TRUNCATE ONLY a CASCADE", "a", false);
    row("ALTER TABLE s.a ALTER x TYPE text", "s.a", true);
    row("ALTER TABLE p ATTACH PARTITION s.q DEFAULT", "p s.q", true);
    row("DROP TABLE IF EXISTS a, s.b CASCADE", "a s.b", true);
    row("DROP TRIGGER g ON s.a", "s.a", true);
    row("DROP POLICY g ON a", "a", true);
    row("DROP VIEW v", "", true);
    row("DROP FUNCTION f(int)", "", true);
    row("ALTER TABLE a RENAME TO b", "a", true);
    row("ALTER TABLE a RENAME COLUMN x TO y", "a", true);
    row("ALTER TABLE a SET SCHEMA s", "a", true);
    row("CLUSTER a USING i", "a", true);
    row("LOCK TABLE a, b", "a b", false);
    row("LOCK TABLE a IN SHARE MODE", "", false);
    row("CREATE RULE r AS ON INSERT TO a DO ALSO NOTHING", "a", true);
    row("REFRESH MATERIALIZED VIEW m", "m", true);
    row("CREATE INDEX ON a (x)", "", true);
    row("UPDATE a SET x = 1", "", false);
}

void TestPostgresStatement::namesRewrittenTables()
{
    QFETCH(QString, tables);
    QFETCH(bool, changesSchema);
    const auto info = checkPostgresStatement(QString::fromUtf8(QTest::currentDataTag()));
    QVERIFY2(info.ok(), info.ok() ? "" : qPrintable(info.error().text()));
    QCOMPARE(names(info->rewritten), tables);
    QCOMPARE(info->changesSchema, changesSchema);
}

void TestPostgresStatement::tellsDetails()
{
    const auto info
        = checkPostgresStatement(u"INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2 RETURNING a"_s);
    QVERIFY(info->returns);
    QVERIFY(info->onConflict);
    const auto plain = checkPostgresStatement(u"INSERT INTO t VALUES (1)"_s);
    QVERIFY(!plain->returns);
    QVERIFY(!plain->onConflict);
    QCOMPARE(checkPostgresStatement(u"NOTIFY shop, 'hello'"_s)->acts,
             QList<PostgresAct>({ { PostgresAct::Kind::Notify, {}, u"shop"_s, {} } }));
    QVERIFY(checkPostgresStatement(u"SELECT 1 AS a INTO fresh"_s)->changesSchema);
}

void TestPostgresStatement::namesValues()
{
    const auto named = [](const QString& condition) {
        QStringList texts;
        const auto info = checkPostgresStatement(u"UPDATE t SET a = 1 WHERE "_s + condition);
        for (const auto& each : info ? info->named : QList<StatementInfo::NamedValues>())
            texts.append(each.column + u' ' + QString::fromUtf8(each.array));
        return texts.join(u"; "_s);
    };
    QCOMPARE(named(u"id = 5"_s), u"id {\"5\"}"_s);
    QCOMPARE(named(u"t.id IN (1, '2\"\\', 3.5) AND x < 3 AND y = 'z'::text"_s),
             u"id {\"1\",\"2\\\"\\\\\",\"3.5\"}; y {\"z\"}"_s);
    QCOMPARE(named(u"id = ANY ('{7,8}'::int[])"_s), u"id {7,8}"_s);
    QCOMPARE(named(u"id = ANY (ARRAY[7, 8])"_s), u"id {\"7\",\"8\"}"_s);
    for (const QString& other : { u"id = 1 OR x = 2"_s, u"id > 1"_s, u"NOT id = 1"_s, u"id = x"_s, u"id IN (1, NULL)"_s,
                                  u"id = ALL ('{1}')"_s, u"id NOT IN (1)"_s, u"id IN (SELECT 1)"_s, u"id = 1 + 1"_s })
        QCOMPARE(named(other), QString());
}

void TestPostgresStatement::countsParameters_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("SELECT 1") << 0;
    QTest::newRow("SELECT $1") << 1;
    QTest::newRow("UPDATE t SET a = $3 WHERE b = $1") << 3;
    QTest::newRow("SELECT '$2', \"$3\", $$ $4 $$ FROM t WHERE a IN (SELECT $1)") << 1;
    QTest::newRow("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN $1") << 0;
}

void TestPostgresStatement::countsParameters()
{
    QFETCH(int, count);
    const auto info = checkPostgresStatement(QString::fromUtf8(QTest::currentDataTag()));
    QVERIFY(info.ok());
    QCOMPARE(info->parameterCount, count);
}

void TestPostgresStatement::refuses_data()
{
    QTest::addColumn<QString>("why");
    const auto row = [](const char* text, const char* why) { QTest::newRow(text) << QString::fromUtf8(why); };
    for (const char* text :
         { "BEGIN", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT s", "RELEASE s",
           "ROLLBACK TO s", "PREPARE TRANSACTION 'g'", "COMMIT PREPARED 'g'", "ROLLBACK PREPARED 'g'",
           "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY" })
        row(text, "begun and ended by Holdpoint");
    for (const char* text :
         { "VACUUM", "VACUUM FULL t", "CREATE DATABASE d", "DROP DATABASE d", "CREATE TABLESPACE s LOCATION '/x'",
           "DROP TABLESPACE s", "ALTER SYSTEM SET work_mem = 1", "CREATE INDEX CONCURRENTLY i ON t (a)",
           "DROP INDEX CONCURRENTLY i", "REINDEX (CONCURRENTLY) TABLE t", "REINDEX TABLE CONCURRENTLY t",
           "REINDEX DATABASE d", "REINDEX SCHEMA s", "CLUSTER", "ALTER TABLE t DETACH PARTITION p CONCURRENTLY" })
        row(text, "inside a transaction");
    for (const char* text : { "SET work_mem = 1", "RESET ALL", "RESET work_mem", "LISTEN c", "UNLISTEN *",
                              "PREPARE p AS SELECT 1", "DECLARE c CURSOR WITH HOLD FOR SELECT 1" })
        row(text, "outlive the batch");
    for (const char* text :
         { "DISCARD ALL", "DISCARD TEMP", "CHECKPOINT", "LOAD 'x'", "DEALLOCATE ALL", "COPY t TO '/tmp/x'" })
        row(text, "a rollback does not undo it");
    row("SET LOCAL ROLE x", "no longer see");
    row("SET SESSION AUTHORIZATION x", "no longer see");
    row("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "other server");
    row("COPY t FROM STDIN", "import");
    row("COPY t TO STDOUT", "changes nothing");
    row("COPY t FROM PROGRAM 'ls'", "program");
    row("EXECUTE p", "nothing is prepared");
}

void TestPostgresStatement::refuses()
{
    QFETCH(QString, why);
    const QString text = "  -- said\n/* twice */ "_L1 + QString::fromUtf8(QTest::currentDataTag());
    const auto info = checkPostgresStatement(text);
    QVERIFY(!info.ok());
    QCOMPARE(info.error().kind, ErrorKind::Statement);
    QVERIFY2(info.error().message.contains(why), qPrintable(info.error().message));
    QVERIFY2(info.error().message.contains("cannot be part of a batch"_L1), qPrintable(info.error().message));
    QCOMPARE(info.error().position, 23);
}

void TestPostgresStatement::allows_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text :
         { "SET LOCAL work_mem = '1MB'", "SET CONSTRAINTS ALL DEFERRED", "ANALYZE t", "LOCK TABLE t", "SELECT 'COMMIT'",
           "DO $$ BEGIN COMMIT; END $$", "COMMENT ON TABLE t IS 'BEGIN'", "ALTER TYPE mood ADD VALUE 'x'",
           "REINDEX TABLE t", "CREATE INDEX ON t (a)", "DECLARE c CURSOR FOR SELECT 1", "GRANT SELECT ON t TO PUBLIC",
           "CREATE ROLE r", "SELECT no_such_function(no_such_column) FROM no_such_table", "UPDATE t SET a = 1;",
           "REFRESH MATERIALIZED VIEW CONCURRENTLY m", "DROP OWNED BY x" })
        QTest::newRow(text) << QString::fromUtf8(text);
}

void TestPostgresStatement::allows()
{
    QFETCH(QString, text);
    const auto info = checkPostgresStatement(text);
    QVERIFY2(info.ok(), info.ok() ? "" : qPrintable(info.error().text()));
}

void TestPostgresStatement::placesErrors_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("position");
    QTest::addColumn<QString>("words");
    QTest::newRow("syntax") << u"SELEC 1"_s << 1 << u"syntax error"_s;
    QTest::newRow("behind letters of several bytes") << u"SELECT 'é🦊', FROM"_s << 14 << u"syntax error"_s;
    QTest::newRow("unterminated string") << u"SELECT 'abc"_s << 8 << u"unterminated"_s;
    QTest::newRow("unterminated comment") << u"SELECT 1 /* x"_s << 10 << u"unterminated"_s;
    QTest::newRow("end of input") << u"SELECT ("_s << 9 << u"end of input"_s;
    QTest::newRow("two statements") << u"SELECT 'é'; COMMIT"_s << 13 << u"second"_s;
    QTest::newRow("nothing") << u""_s << 1 << u"no statement"_s;
    QTest::newRow("only a comment") << u"-- hello"_s << 1 << u"no statement"_s;
    QTest::newRow("only a semicolon") << u";"_s << 1 << u"no statement"_s;
    QTest::newRow("NUL") << QString(u"SELECT 'a\0b'"_s) << 10 << u"NUL"_s;
}

void TestPostgresStatement::placesErrors()
{
    QFETCH(QString, text);
    QFETCH(int, position);
    QFETCH(QString, words);
    for (int round = 0; round < 2; ++round) { // the second from the cache
        const auto info = checkPostgresStatement(text);
        QVERIFY(!info.ok());
        QVERIFY2(info.error().message.contains(words), qPrintable(info.error().message));
        QCOMPARE(info.error().position, position);
    }
}

void TestPostgresStatement::survivesMonsters_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("ok");
    QTest::newRow("a chain of operators") << repeated(u"SELECT 1"_s, u"+1"_s, 3000) << true;
    QTest::newRow("a longer chain") << repeated(u"SELECT 1"_s, u"+1"_s, 100'000) << false;
    QTest::newRow("a chain of unions") << repeated(u"SELECT 1"_s, u" UNION SELECT 1"_s, 2000) << true;
    QTest::newRow("a longer chain of unions") << repeated(u"SELECT 1"_s, u" UNION SELECT 1"_s, 30'000) << false;
    QTest::newRow("brackets") << repeated(u"SELECT "_s, u"("_s, 100'000) << false;
    QTest::newRow("nested selects") << repeated({}, u"SELECT ("_s, 20'000, repeated(u"1"_s, u")"_s, 20'000)) << false;
    QTest::newRow("nested CASE") << repeated(u"SELECT "_s, u"CASE WHEN a THEN "_s, 20'000,
                                             repeated(u"1"_s, u" END"_s, 20'000))
                                 << false;
    QTest::newRow("NOT") << repeated(u"SELECT "_s, u"NOT "_s, 20'000, u"a"_s) << false;
    QTest::newRow("many rows") << repeated(u"INSERT INTO t VALUES (-1, 'a' || 'b')"_s, u",(-1, 'a' || 'b')"_s, 20'000)
                               << true;
    QTest::newRow("many conditions") << repeated(u"SELECT 1 WHERE a = 1"_s, u" OR a = 1 AND b <> 2"_s, 20'000) << true;
    QTest::newRow("a long list") << repeated(u"SELECT 1 WHERE a IN (1"_s, u",1"_s, 100'000, u")"_s) << true;
    QTest::newRow("a long text") << repeated(u"SELECT '"_s, u"x"_s, 10'000'000, u"'"_s) << true;
    QTest::newRow("50 MB") << repeated(u"SELECT '"_s, u"x"_s, 50'000'000, u"'"_s) << false;
}

void TestPostgresStatement::survivesMonsters()
{
    QFETCH(QString, text);
    QFETCH(bool, ok);
    const auto info = checkPostgresStatement(text);
    QVERIFY2(info.ok() == ok, info.ok() ? "it passed" : qPrintable(info.error().message));
}

void TestPostgresStatement::splitsScripts_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QStringList>("statements");
    QTest::newRow("empty") << QString() << QStringList();
    QTest::newRow("only comments") << u"-- a\n/* b; */\n;;"_s << QStringList();
    QTest::newRow("plain") << u"SELECT 1;\nSELECT 2"_s << QStringList { u"1 SELECT 1"_s, u"2 SELECT 2"_s };
    QTest::newRow("comments before") << u"-- a;\n\nSELECT 1; /* x\n */ SELECT 2;\n-- end"_s
                                     << QStringList { u"3 SELECT 1"_s, u"4 SELECT 2"_s };
    QTest::newRow("semicolons inside") << u"SELECT ';', \";\", $$;$$, $x$ ; $x$;SELECT E'\\';'"_s
                                       << QStringList { u"1 SELECT ';', \";\", $$;$$, $x$ ; $x$"_s,
                                                        u"1 SELECT E'\\';'"_s };
    QTest::newRow("rule with several actions")
        << u"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3"_s
        << QStringList { u"1 CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)"_s, u"1 SELECT 3"_s };
    QTest::newRow("atomic function")
        << u"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\nSELECT é"_s
        << QStringList { u"1 CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END"_s, u"2 SELECT é"_s };
    QTest::newRow("an error is in a statement of its own")
        << u"SELECT 'é';\nSELEC 2 FROM t;\nSELECT 3"_s
        << QStringList { u"1 SELECT 'é'"_s, u"2 SELEC 2 FROM t"_s, u"3 SELECT 3"_s };
    QTest::newRow("windows line ends") << u"SELECT 1;\r\nSELECT 2;\r\n"_s
                                       << QStringList { u"1 SELECT 1"_s, u"2 SELECT 2"_s };
}

void TestPostgresStatement::splitsScripts()
{
    QFETCH(QString, script);
    QFETCH(QStringList, statements);
    const auto split = splitPostgresScript(script);
    QVERIFY2(split.ok(), split.ok() ? "" : qPrintable(split.error().text()));
    QStringList found;
    for (const ScriptStatement& statement : *split)
        found.append(QString::number(statement.line) + u' ' + statement.text);
    QCOMPARE(found, statements);
}

void TestPostgresStatement::addsReturning_data()
{
    QTest::addColumn<QString>("longer");
    const auto row = [](const char* text, const char* longer) { QTest::newRow(text) << QString::fromUtf8(longer); };
    row("UPDATE t SET a = 1", "UPDATE t SET a = 1\nRETURNING \"t\".x, \"t\".y");
    row("DELETE FROM s.t -- all;", "DELETE FROM s.t -- all\nRETURNING \"t\".x, \"t\".y");
    row("UPDATE t AS \"A \"\"\" SET a = 1 FROM u",
        "UPDATE t AS \"A \"\"\" SET a = 1 FROM u\nRETURNING \"A \"\"\".x, \"A \"\"\".y");
    row("INSERT INTO t VALUES (1) ; ", "INSERT INTO t VALUES (1)\nRETURNING \"t\".x, \"t\".y");
    row("INSERT INTO t SELECT 1 ON CONFLICT DO NOTHING",
        "INSERT INTO t SELECT 1 ON CONFLICT DO NOTHING\nRETURNING \"t\".x, \"t\".y");
    row("UPDATE t SET a = 1 RETURNING a", "");
    row("SELECT 1", "");
    row("WITH x AS (DELETE FROM u RETURNING a) DELETE FROM t", "");
    row("UPDATE t SET a = 1; -- note", "");
}

void TestPostgresStatement::addsReturning()
{
    QFETCH(QString, longer);
    const QByteArray text(QTest::currentDataTag());
    const auto info = checkPostgresStatement(QString::fromUtf8(text));
    QVERIFY(info.ok());
    const auto returning = postgresReturning(text, *info, { "x", "y" });
    QCOMPARE(QString::fromUtf8(returning.value_or(QByteArray())), longer);
}

void TestPostgresStatement::worksInManyThreads()
{
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([thread, &wrong] {
            for (int i = 0; i < 500; ++i) {
                const QString table = u"t%1_%2"_s.arg(thread).arg(i % 50);
                const auto good = checkPostgresStatement(u"DELETE FROM %1"_s.arg(table));
                const auto bad = checkPostgresStatement(u"DELETE FORM %1"_s.arg(table));
                if (!good || good->written.table != table || bad.ok() || bad.error().position != 8)
                    ++wrong;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(wrong.load(), 0);
}

QTEST_GUILESS_MAIN(TestPostgresStatement)
#include "tst_postgresstatement.moc"
