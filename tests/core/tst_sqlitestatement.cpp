// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/sqlitestatement.h"

#include "support/testdatabase.h"

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using Kind = StatementInfo::Kind;

class TestSqliteStatement : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void accepts_data();
    void accepts();
    void leavesItsOwnNameToTheEngine();
    void refuses_data();
    void refuses();
    void refusesEveryPragmaThatWrites();
    void namesWhatIsRewritten_data();
    void namesWhatIsRewritten();
    void madeUpTablesHaveNoFaults();
    void answersTheSameTwice();
    void isThreadSafe();
    void splits_data();
    void splits();
    void refusesScripts_data();
    void refusesScripts();
    void splitsWhatSqliteTakesForOne_data();
    void splitsWhatSqliteTakesForOne();
    void splitsLongScripts_data();
    void splitsLongScripts();
};

void TestSqliteStatement::accepts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("table");
    QTest::addColumn<int>("parameters");
    QTest::addColumn<bool>("schema");
    QTest::addColumn<bool>("returns");

    const auto row = [](const char* text, Kind kind, const QString& table, int parameters = 0, bool schema = false,
                        bool returns = false) {
        QTest::newRow(text) << QString::fromUtf8(text) << kind << table << parameters << schema << returns;
    };
    row("SELECT 1", Kind::Read, {});
    row("select * from nix where a = ?1 and b = ?2", Kind::Read, {}, 2);
    row("SELECT x.a, y.b FROM nix x JOIN other y ON x.id = y.id", Kind::Read, {});
    row("WITH q AS (SELECT a FROM nix) SELECT * FROM q", Kind::Read, {});
    row("EXPLAIN DELETE FROM nix", Kind::Read, {});
    row("EXPLAIN QUERY PLAN SELECT 1", Kind::Read, {});
    row("PRAGMA table_info(nix)", Kind::Read, {});
    row("PRAGMA main.foreign_keys", Kind::Read, {});
    row("SELECT * FROM pragma_table_info('nix')", Kind::Read, {});
    row("INSERT INTO nix VALUES (1, 2, 3)", Kind::Insert, u"nix"_s);
    row("INSERT INTO nix(a, b) VALUES (?1, ?2) RETURNING a, b, c", Kind::Insert, u"nix"_s, 2, false, true);
    row("INSERT INTO nix(a, b) VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.b", Kind::Insert, u"nix"_s, 2);
    row("INSERT INTO nix VALUES (?1, ?2) ON CONFLICT DO NOTHING", Kind::Insert, u"nix"_s, 2);
    row("REPLACE INTO nix VALUES (?3)", Kind::Insert, u"nix"_s, 3);
    row("INSERT INTO nix SELECT * FROM other WHERE c > ?1", Kind::Insert, u"nix"_s, 1);
    row("UPDATE nix SET a = ?1, b = b + 1 WHERE c = ?2", Kind::Update, u"nix"_s, 2);
    row("UPDATE main.nix SET a = 1 RETURNING *", Kind::Update, u"nix"_s, 0, false, true);
    row("WITH q(k) AS (VALUES (1)) UPDATE nix SET a = 1 WHERE id IN (SELECT k FROM q)", Kind::Update, u"nix"_s);
    row("UPDATE \"odd \"\"name\" SET \"a b\" = 1", Kind::Update, u"odd \"name"_s);
    row("DELETE FROM nix", Kind::Delete, u"nix"_s);
    row("DELETE FROM nix WHERE rowid = ?1 AND nix.a = 'x;y'", Kind::Delete, u"nix"_s, 1);
    row("CREATE TABLE t(a, b)", Kind::Other, {}, 0, true);
    row("CREATE TABLE t AS SELECT * FROM nix", Kind::Other, {}, 0, true);
    row("CREATE INDEX i ON nix(a, b)", Kind::Other, {}, 0, true);
    row("CREATE VIEW v AS SELECT * FROM nix", Kind::Other, {}, 0, true);
    row("CREATE TRIGGER tr AFTER INSERT ON nix BEGIN DELETE FROM a; DELETE FROM b; END", Kind::Other, {}, 0, true);
    row("CREATE TEMP TABLE t(a)", Kind::Other, {}, 0, true);
    row("CREATE VIRTUAL TABLE f USING fts5(a)", Kind::Other, {}, 0, true);
    row("DROP INDEX i", Kind::Other, {}, StatementInfo::unknownCount, true);
    row("DROP VIEW v", Kind::Other, {}, StatementInfo::unknownCount, true);
    row("DROP TABLE IF EXISTS t", Kind::Other, {}, 0, true);
    row("ANALYZE", Kind::Other, {}, 0, true);
    row("-- a comment\nDELETE FROM nix -- more\n;", Kind::Delete, u"nix"_s);
    row("DELETE FROM nix; -- nothing follows", Kind::Delete, u"nix"_s);
    row("DELETE FROM nix;;", Kind::Delete, u"nix"_s);
    row("INSERT INTO composite(a, b) VALUES (?1, ?2) ON CONFLICT (a, b) DO NOTHING", Kind::Insert, u"composite"_s,
        StatementInfo::unknownCount);
}

void TestSqliteStatement::accepts()
{
    QFETCH(QString, text);
    const auto info = checkSqliteStatement(text);
    QVERIFY2(info, qPrintable(info ? QString() : info.error().text()));
    QTEST(info->kind, "kind");
    QTEST(info->written.table, "table");
    QTEST(info->parameterCount, "parameters");
    QTEST(info->changesSchema, "schema");
    QTEST(info->returns, "returns");
}

// Fails with any table, made-up or not; it once made them up without an end.
void TestSqliteStatement::leavesItsOwnNameToTheEngine()
{
    QVERIFY(checkSqliteStatement(u"ALTER TABLE nix RENAME TO NIX"_s));
    QVERIFY(checkSqliteStatement(u"ALTER TABLE nix RENAME TO nix"_s));
}

void TestSqliteStatement::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    QTest::addColumn<int>("position");

    const auto row = [](const char* text, const char* message, int position = 1) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(message) << position;
    };
    row("", "no statement");
    row("  -- only a comment", "no statement");
    row(";", "no statement");
    row("SELEC 1", "syntax error");
    row("SELECT 'ü', FROM", "syntax error", 13);
    row("UPDATE nix SET a = 1 WHERE", "incomplete input", 1);
    row("DELETE FROM nix WHERE a = 'x", "unrecognized token", 27);
    row("CREATE TRIGGER tr AFTER INSERT ON nix BEGIN DELETE FROM a WHERE (; END", "syntax error", 66);
    row("CREATE TRIGGER tr AFTER INSERT ON nix BEGIN DELETE FROM a;", "incomplete input");
    row("DELETE FROM a; DELETE FROM b", "more than one statement", 16);
    row("SELECT 1; SELECT 2", "more than one statement", 11);
    row("CREATE TRIGGER tr AFTER INSERT ON nix BEGIN DELETE FROM a; END; COMMIT", "more than one statement", 65);
    row("BEGIN", "BEGIN cannot be part of a batch");
    row("BEGIN IMMEDIATE", "BEGIN cannot");
    row("COMMIT", "COMMIT cannot");
    row("END TRANSACTION", "COMMIT cannot");
    row("ROLLBACK", "ROLLBACK cannot");
    row("/* hidden */ rollback -- x", "ROLLBACK cannot");
    row("SAVEPOINT s", "BEGIN SAVEPOINT cannot");
    row("RELEASE s", "RELEASE SAVEPOINT cannot");
    row("ROLLBACK TO s", "ROLLBACK SAVEPOINT cannot");
    row("EXPLAIN COMMIT", "COMMIT cannot");
    row("ATTACH 'x.db' AS x", "ATTACH cannot");
    row("DETACH x", "DETACH cannot");
    row("VACUUM", "VACUUM cannot");
    row("VACUUM INTO 'x.db'", "VACUUM cannot");
    row("/* */ vacuum main", "VACUUM cannot");
    row("PRAGMA journal_mode = WAL", "PRAGMA journal_mode cannot");
    row("PRAGMA journal_mode(DELETE)", "PRAGMA journal_mode cannot");
    row("PRAGMA user_version = 5", "PRAGMA user_version cannot");
    row("PRAGMA Foreign_Keys = OFF", "PRAGMA Foreign_Keys cannot");
    row("PRAGMA writable_schema = ON", "PRAGMA writable_schema cannot");
    row("PRAGMA wal_checkpoint", "PRAGMA wal_checkpoint cannot");
    row("PRAGMA optimize", "PRAGMA optimize cannot");
    row("PRAGMA incremental_vacuum(10)", "PRAGMA incremental_vacuum cannot");
    row("PRAGMA nosuchpragma", "PRAGMA nosuchpragma cannot");
    QTest::newRow("NUL") << QString(u"SELECT 1"_s + QChar(0) + u"; COMMIT"_s) << u"NUL"_s << 9;
}

void TestSqliteStatement::refuses()
{
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto info = checkSqliteStatement(text);
    QVERIFY(!info);
    QVERIFY2(info.error().message.contains(message), qPrintable(info.error().text()));
    QCOMPARE(info.error().kind, ErrorKind::Statement);
    QTEST(info.error().position, "position");
}

// Whatever PRAGMA this SQLite knows: with an argument it is refused, but for those that only look something up.
void TestSqliteStatement::refusesEveryPragmaThatWrites()
{
    static const QSet<QString> looking { u"foreign_key_check"_s, u"foreign_key_list"_s, u"index_info"_s,
                                         u"index_list"_s,        u"index_xinfo"_s,      u"integrity_check"_s,
                                         u"quick_check"_s,       u"table_info"_s,       u"table_list"_s,
                                         u"table_xinfo"_s };
    static const QSet<QString> doing { u"analysis_limit"_s, u"case_sensitive_like"_s, u"incremental_vacuum"_s,
                                       u"optimize"_s,       u"shrink_memory"_s,       u"wal_checkpoint"_s };
    const TestSqlite file;
    const auto pragmas = file.query("PRAGMA pragma_list");
    QVERIFY(pragmas.size() > 50);
    for (const TextRow& row : pragmas) {
        const QString& name = row.first();
        for (const char* form : { "PRAGMA %1 = 1", "PRAGMA %1(1)", "PRAGMA main.%1 = 1", "EXPLAIN PRAGMA %1 = 1" }) {
            const auto info = checkSqliteStatement(QString::fromLatin1(form).arg(name));
            QVERIFY2(info.ok() == looking.contains(name), qPrintable(name));
        }
        if (doing.contains(name))
            QVERIFY2(!checkSqliteStatement(u"PRAGMA %1"_s.arg(name)), qPrintable(name));
    }
}

void TestSqliteStatement::namesWhatIsRewritten_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("table");
    QTest::newRow("drop") << u"DROP TABLE nix"_s << u"nix"_s;
    QTest::newRow("drop of main") << u"DROP TABLE main.nix"_s << u"nix"_s;
    QTest::newRow("add column") << u"ALTER TABLE nix ADD COLUMN c DEFAULT 1"_s << u"nix"_s;
    QTest::newRow("rename") << u"ALTER TABLE nix RENAME TO other"_s << u"nix"_s;
    QTest::newRow("rename column") << u"ALTER TABLE nix RENAME COLUMN c TO d"_s << u"nix"_s;
    QTest::newRow("drop column") << u"ALTER TABLE wide DROP COLUMN c"_s << u"wide"_s;
    QTest::newRow("no rewrite") << u"DELETE FROM nix"_s << QString();
}

void TestSqliteStatement::namesWhatIsRewritten()
{
    QFETCH(QString, text);
    QFETCH(QString, table);
    const auto info = checkSqliteStatement(text);
    QVERIFY2(info, qPrintable(info ? QString() : info.error().text()));
    QCOMPARE(info->rewritten, table.isEmpty() ? QList<TableName>() : QList<TableName>({ { {}, table } }));
    QCOMPARE(info->changesSchema, !table.isEmpty());
}

void TestSqliteStatement::madeUpTablesHaveNoFaults()
{
    // Each statement changes what the next one would meet if it met the made-up tables.
    for (const auto text :
         { "INSERT INTO t VALUES (1, 2)", "CREATE TABLE t(a)", "INSERT INTO t(x, y, z) VALUES (1, 2, 3)",
           "INSERT INTO t VALUES (1)", "CREATE VIEW t AS SELECT 1", "DROP VIEW t", "SELECT a, b, c FROM t",
           "CREATE INDEX t ON u(t)", "SELECT * FROM t JOIN u ON a = b", "DROP TABLE t", "DELETE FROM t" }) {
        const auto info = checkSqliteStatement(QString::fromUtf8(text));
        QVERIFY2(info, text);
    }
    for (int i = 0; i < 300; ++i)
        QVERIFY(checkSqliteStatement(u"UPDATE t%1 SET c%2 = ?1 WHERE d = ?2"_s.arg(i).arg(i * 7))->parameterCount == 2);
}

void TestSqliteStatement::answersTheSameTwice()
{
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(checkSqliteStatement(u"UPDATE same SET a = ?1"_s)->parameterCount, 1);
        QCOMPARE(checkSqliteStatement(u"COMMIT"_s).error().message, u"COMMIT cannot be part of a batch"_s);
    }
}

void TestSqliteStatement::isThreadSafe()
{
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([t, &good] {
            for (int i = 0; i < 200; ++i)
                good += checkSqliteStatement(u"UPDATE t%1 SET c = %2"_s.arg(t).arg(i))->kind == Kind::Update;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(good.load(), 800);
}

void TestSqliteStatement::splits_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QStringList>("statements"); // line:text

    const auto row = [](const char* name, const char* script, const QStringList& statements) {
        QTest::newRow(name) << QString::fromUtf8(script) << statements;
    };
    row("empty", "", {});
    row("white space", " \n\t", {});
    row("comments", "-- a;\n/* b; */ ;;\n; -- c;", {});
    row("one", "SELECT 1", { u"1:SELECT 1"_s });
    row("one, ended", "SELECT 1 ;\n", { u"1:SELECT 1"_s });
    row("two", "SELECT 1;\nSELECT\n2;", { u"1:SELECT 1"_s, u"2:SELECT\n2"_s });
    row("comments between", "-- first\nSELECT 1; -- a;b\n/* c\n; */ SELECT 2;", { u"2:SELECT 1"_s, u"4:SELECT 2"_s });
    row("string", "SELECT ';', 'it''s;'';'; SELECT 2", { u"1:SELECT ';', 'it''s;'';'"_s, u"1:SELECT 2"_s });
    row("names", "SELECT \"a;\"\"b;\", [c;], `d;``;` FROM t; SELECT 2",
        { u"1:SELECT \"a;\"\"b;\", [c;], `d;``;` FROM t"_s, u"1:SELECT 2"_s });
    row("comments inside", "SELECT 1 -- a ; 'b\n, 2 /* ; ' */ ; SELECT 3",
        { u"1:SELECT 1 -- a ; 'b\n, 2 /* ; ' */"_s, u"2:SELECT 3"_s });
    row("trigger", "CREATE TRIGGER a AFTER INSERT ON t BEGIN DELETE FROM u; DELETE FROM v; END; SELECT 1",
        { u"1:CREATE TRIGGER a AFTER INSERT ON t BEGIN DELETE FROM u; DELETE FROM v; END"_s, u"1:SELECT 1"_s });
    row("trigger with everything",
        "EXPLAIN /* ; */ CREATE /* ; */ TEMP /* ; */ TRIGGER a -- ;\n AFTER INSERT ON \"t;\" BEGIN\n"
        "DELETE FROM u WHERE a = ';END;'; /* ; */ -- ;\nSELECT CASE WHEN 1 THEN 2 END; END /* ; */ ; SELECT 1",
        { u"1:EXPLAIN /* ; */ CREATE /* ; */ TEMP /* ; */ TRIGGER a -- ;\n AFTER INSERT ON \"t;\" BEGIN\n"
          "DELETE FROM u WHERE a = ';END;'; /* ; */ -- ;\nSELECT CASE WHEN 1 THEN 2 END; END /* ; */"_s,
          u"4:SELECT 1"_s });
    row("case is no trigger", "SELECT CASE 1 WHEN 2 THEN 3 END; SELECT 2",
        { u"1:SELECT CASE 1 WHEN 2 THEN 3 END"_s, u"1:SELECT 2"_s });
    row("create after a comment with a semicolon", "CREATE /* ; */ TABLE t(a); SELECT 1",
        { u"1:CREATE /* ; */ TABLE t(a)"_s, u"1:SELECT 1"_s });
    row("comment to the end", "SELECT 1 /* ; no end", { u"1:SELECT 1 /* ; no end"_s });
    row("half a trigger", "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT ';'; -- x",
        { u"1:CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT ';'; -- x"_s });
    row("letters of every kind", "SELECT 'ü;🙂;';\nSELECT 2", { u"1:SELECT 'ü;🙂;'"_s, u"2:SELECT 2"_s });
    row("not SQL", "nonsense; more 5;", { u"1:nonsense"_s, u"1:more 5"_s });
    QTest::newRow("byte order mark") << QString(QChar(0xfeff) + u"SELECT 1;"_s) << QStringList { u"1:SELECT 1"_s };
}

void TestSqliteStatement::splits()
{
    QFETCH(QString, script);
    const auto split = splitSqliteScript(script);
    QVERIFY2(split, qPrintable(split ? QString() : split.error().text()));
    QStringList texts;
    for (const ScriptStatement& statement : *split)
        texts.append(u"%1:%2"_s.arg(statement.line).arg(statement.text));
    QTEST(texts, "statements");
}

void TestSqliteStatement::refusesScripts_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("position");
    QTest::newRow("string") << u"SELECT 1;\nSELECT 'a;b"_s << 11;
    QTest::newRow("string without a semicolon") << u"SELECT 'a"_s << 1;
    QTest::newRow("name") << u"SELECT \"a; SELECT 2;"_s << 1;
    QTest::newRow("string in a trigger") << u"CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT 'x; END;"_s
                                         << 1;
    QTest::newRow("NUL") << QString(u"SELECT 1;"_s + QChar(0)) << 10;
}

void TestSqliteStatement::refusesScripts()
{
    QFETCH(QString, script);
    const auto split = splitSqliteScript(script);
    QVERIFY(!split);
    QTEST(split.error().position, "position");
}

void TestSqliteStatement::splitsWhatSqliteTakesForOne_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 20; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

// Random texts out of the pieces that matter, joined by semicolons: the splitter finds the same ends that
// SQLite's own compiler finds.
void TestSqliteStatement::splitsWhatSqliteTakesForOne()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    const QStringList pieces { u"SELECT 1"_s,
                               u"SELECT ';'"_s,
                               u"SELECT \"a;\"\"\""_s,
                               u"SELECT [;]"_s,
                               u"SELECT 'it''s;'"_s,
                               u"SELECT /* ' ; */ 2"_s,
                               u"SELECT 3 -- \" ;\n"_s,
                               u"DELETE FROM t"_s,
                               u"EXPLAIN SELECT `;`"_s,
                               u"CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; SELECT ';END;'; END"_s,
                               u"CREATE /*;*/ TEMP TRIGGER b AFTER INSERT ON t BEGIN SELECT /* ; END; */ 1; END"_s };
    QStringList expected;
    QString script;
    for (int i = 0; i < 200; ++i) {
        const QString piece = pieces.at(random.bounded(pieces.size()));
        expected.append(piece.trimmed());
        script += piece + (random.bounded(2) ? u";"_s : u" ; \n -- x;y'\n;"_s);
    }
    const auto split = splitSqliteScript(script);
    QVERIFY(split);
    QStringList texts;
    for (const ScriptStatement& statement : *split)
        texts.append(statement.text);
    QCOMPARE(texts, expected);
}

void TestSqliteStatement::splitsLongScripts_data()
{
    QTest::addColumn<QString>("piece");
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addColumn<qsizetype>("statements");
    constexpr qsizetype pieces = 200'000;
    QTest::newRow("short statements") << u"UPDATE t SET a = 'x' WHERE id = 1;\n"_s << QString() << QString() << pieces;
    QTest::newRow("one string of semicolons") << u";;;;;"_s << u"SELECT '"_s << u"'"_s << qsizetype(1);
    QTest::newRow("one row of strings with semicolons")
        << u"(';a;'),"_s << u"INSERT INTO t VALUES "_s << u"(1)"_s << qsizetype(1);
    QTest::newRow("one trigger") << u"DELETE FROM t; "_s << u"CREATE TRIGGER a AFTER INSERT ON t BEGIN "_s << u"END;"_s
                                 << qsizetype(1);
    QTest::newRow("one comment") << u"; -- ' "_s << u"SELECT /* "_s << u"*/ 1"_s << qsizetype(1);
}

// A splitter that is not linear takes hours here.
void TestSqliteStatement::splitsLongScripts()
{
    QFETCH(QString, piece);
    QFETCH(QString, before);
    QFETCH(QString, after);
    const auto split = splitSqliteScript(before + piece.repeated(200'000) + after);
    QVERIFY(split);
    QTEST(split->size(), "statements");
}

QTEST_GUILESS_MAIN(TestSqliteStatement)
#include "tst_sqlitestatement.moc"
