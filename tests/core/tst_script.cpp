// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batchfile.h"
#include "command/runsql.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestScript : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
};

namespace {

Target target(EngineKind engine)
{
    Target target;
    target.name = u"shop"_s;
    target.engine = engine;
    target.address = engine == EngineKind::SQLite ? u"/shop.db"_s : u"postgresql://a/b"_s;
    return target;
}

} // namespace

void TestScript::reads_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QStringList>("statements");
    for (const EngineKind engine : { EngineKind::SQLite, EngineKind::PostgreSQL }) {
        const auto row = [engine](const char* name, const QByteArray& script, const QStringList& statements) {
            QTest::addRow("%s, %s", qPrintable(engineName(engine)), name) << engine << script << statements;
        };
        row("nothing", "", {});
        row("only comments", "-- a\n/* b; */ ;;", {});
        row("two statements", "UPDATE a SET b = 1;\nDELETE FROM a", { u"UPDATE a SET b = 1"_s, u"DELETE FROM a"_s });
        row("semicolons in quotes", "INSERT INTO a VALUES (';', \";\");", { u"INSERT INTO a VALUES (';', \";\")"_s });
        row("characters of four bytes", "SELECT '😀';\nSELECT 'ä'", { u"SELECT '😀'"_s, u"SELECT 'ä'"_s });
        row("byte order mark", "\xef\xbb\xbfSELECT 1", { u"SELECT 1"_s });
        row("the same twice", "SELECT 1;SELECT 1;", { u"SELECT 1"_s, u"SELECT 1"_s });
    }
    QTest::newRow("PostgreSQL, dollar quotes") << EngineKind::PostgreSQL << "DO $x$ BEGIN NULL; END $x$; SELECT 1"_ba
                                               << QStringList { u"DO $x$ BEGIN NULL; END $x$"_s, u"SELECT 1"_s };
    QTest::newRow("SQLite, a trigger")
        << EngineKind::SQLite << "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; SELECT 1"_ba
        << QStringList { u"CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END"_s, u"SELECT 1"_s };
}

void TestScript::reads()
{
    QFETCH(const EngineKind, engine);
    QFETCH(const QByteArray, script);
    QFETCH(const QStringList, statements);
    const auto batch = readScript(script, target(engine), u"in/fix.sql"_s);
    QVERIFY2(batch, batch ? "" : qPrintable(batch.error().text()));
    QCOMPARE(batch->title, u"fix.sql"_s);
    QVERIFY(batch->targets == QList { target(engine) });
    QStringList texts;
    for (const StoreCommandPtr& command : batch->commands) {
        QCOMPARE(command->target(), u"shop"_s);
        texts.append(dynamic_cast<const RunSql&>(*command).text());
    }
    QCOMPARE(texts, statements);
}

void TestScript::refuses_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("message");
    for (const EngineKind engine : { EngineKind::SQLite, EngineKind::PostgreSQL }) {
        const auto row = [engine](const char* name, const QByteArray& script, const QString& message) {
            QTest::addRow("%s, %s", qPrintable(engineName(engine)), name) << engine << script << message;
        };
        row("NUL", QByteArray("SELECT 1;\nSEL\0ECT", 17), u"fix.sql:2:4: the script holds a NUL byte"_s);
        row("UTF-16", QByteArray("\xff\xfeS\0", 4), u"fix.sql:1:1: the script is UTF-16; save it as UTF-8"_s);
        row("invalid UTF-8", "SELECT 'ä\ufffd';\nSELECT 'ä\xff'", u"fix.sql:2:10: the script is not valid UTF-8"_s);
        row("COMMIT", "SELECT 1;\n\n  COMMIT; SELECT 2", u"fix.sql:3:"_s);
        row("a syntax error", "SELECT 'ä😀';\nSELECT 1;\n  SELEC 1;", u"fix.sql:3:3: "_s);
        row("an unknown first word between", "SELECT 1; SELEC 2; SELECT 3", u"fix.sql:1:11: "_s);
        row("an unknown first word alone", "/* a */ SELEC", u"fix.sql:1:9: "_s);
        row("an unknown first word in a long script",
            QByteArray("SELECT 1;\n").repeated(200'000) + "SELEC 2;\nSELECT 3", u"fix.sql:200001:1: "_s);
        row("a syntax error in the first line", "SELECT '😀' FROM FROM;", u"fix.sql:1:17: "_s);
        row("the second of two equal beginnings", "SELECT 1; SELECT 1 FROM FROM", u"fix.sql:1:25: "_s);
        row("a quote never closed", "SELECT 1;\nSELECT 'abc", u"fix.sql:2:"_s);
        row("a parameter", engine == EngineKind::SQLite ? "SELECT 1;\nSELECT ?1" : "SELECT 1;\nSELECT $1::int",
            u"fix.sql:2:1: a statement of a script cannot have parameters"_s);
    }
}

void TestScript::refuses()
{
    QFETCH(const EngineKind, engine);
    QFETCH(const QByteArray, script);
    QFETCH(const QString, message);
    const auto batch = readScript(script, target(engine), u"fix.sql"_s);
    QVERIFY(!batch);
    QVERIFY2(batch.error().message.startsWith(message), qPrintable(batch.error().message));
    QCOMPARE(batch.error().kind, ErrorKind::Usage);
}

QTEST_GUILESS_MAIN(TestScript)
#include "tst_script.moc"
