// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/engines.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

using namespace holdpoint;
using namespace Qt::StringLiterals;

/// What the command line says, and with which exit code, of runs whose undo is refused.
class TestCliUndo : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void belongsToUndo();
    void schemaChangeIsRefused_data() { engineRows(); }
    void schemaChangeIsRefused();
    void changedSinceIsRefused_data() { engineRows(); }
    void changedSinceIsRefused();
    void differenceIsRefusedUnlessAccepted();

private:
    struct Answer
    {
        int exit = -1;
        QByteArray output;
        QByteArray errors;
        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
    };
    [[nodiscard]] Answer call(const QStringList& arguments, const QByteArray& input = {}) const;
    /// The run that applied this script.
    [[nodiscard]] QString applied(const TestDatabase& database, const QByteArray& script) const;

    QTemporaryDir m_folder;
};

#define VERIFY_EXIT(call, code)                                                                                        \
    do {                                                                                                               \
        const Answer& got = (call);                                                                                    \
        QVERIFY2(got.exit == (code), (QByteArray::number(got.exit) + '\n' + got.output + got.errors).constData());     \
    } while (false)

TestCliUndo::Answer TestCliUndo::call(const QStringList& arguments, const QByteArray& input) const
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"XDG_CONFIG_HOME"_s, m_folder.path());
    environment.insert(u"XDG_DATA_HOME"_s, m_folder.path());
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(HOLDPOINT_CLI), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished())
        return {};
    return { process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError() };
}

QString TestCliUndo::applied(const TestDatabase& database, const QByteArray& script) const
{
    const Answer answer = call({ u"apply"_s, u"-"_s, u"--target"_s, database.uri(), u"--json"_s }, script);
    return answer.exit == 0 ? answer.json()["run"_L1].toString() : QString();
}

void TestCliUndo::belongsToUndo()
{
    VERIFY_EXIT(call({ u"apply"_s, u"x"_s, u"--accept-differences"_s }), 2);
    VERIFY_EXIT(call({ u"undo"_s, u"x"_s, u"--expect"_s, u"sha256:1"_s }), 2);
    QVERIFY(call({ u"--help"_s }).output.contains("--accept-differences"));
}

void TestCliUndo::schemaChangeIsRefused()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);");
    const QByteArray script = "INSERT INTO t VALUES (1, 'a'); CREATE INDEX by_v ON t (v); CREATE TABLE n(id INTEGER);";
    const Answer preview = call({ u"preview"_s, u"-"_s, u"--target"_s, database.uri() }, script);
    VERIFY_EXIT(preview, 0);
    QVERIFY2(preview.output.contains("an undo will not be possible: create index"), preview.output.constData());
    const QString run = applied(database, script);
    QVERIFY(!run.isEmpty());
    const QString before = database.dump();
    for (const QStringList& how : { QStringList {}, QStringList { u"--apply"_s, u"--accept-differences"_s } }) {
        const Answer refused = call(QStringList { u"undo"_s, run } + how);
        VERIFY_EXIT(refused, 2);
        QVERIFY2(refused.errors.contains("cannot be undone"), refused.errors.constData());
        QVERIFY2(refused.errors.contains("create index"), refused.errors.constData());
        QVERIFY2(refused.errors.contains("create table"), refused.errors.constData());
    }
    QCOMPARE(database.dump(), before);
}

void TestCliUndo::changedSinceIsRefused()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine,
                                "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a');");
    const QString run = applied(database, "UPDATE t SET v = 'b'");
    QVERIFY(!run.isEmpty());
    database.exec("UPDATE t SET v = 'c'");
    const Answer refused = call({ u"undo"_s, run, u"--apply"_s });
    VERIFY_EXIT(refused, 1);
    QVERIFY2(refused.output.contains("v is 'c', expected 'b'"), refused.output.constData());
    QCOMPARE(database.scalar("SELECT v FROM t"), u"c"_s);
    VERIFY_EXIT(call({ u"undo"_s, run, u"--apply"_s, u"--accept-differences"_s }), 1); // the guard stays
    QCOMPARE(database.scalar("SELECT v FROM t"), u"c"_s);
}

void TestCliUndo::differenceIsRefusedUnlessAccepted()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(
        EngineKind::PostgreSQL,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE log(n INTEGER); INSERT INTO t VALUES (1, 1);"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (new.n); RETURN new; "
        "END"
        " $$; CREATE TRIGGER a AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER"
        " a;");
    const QString run = applied(database, "UPDATE t SET n = 2");
    const Answer refused = call({ u"undo"_s, run, u"--apply"_s, u"--json"_s });
    VERIFY_EXIT(refused, 1);
    QCOMPARE(refused.json()["reason"_L1].toString(), u"undo-differs"_s);
    QCOMPARE(refused.json()["drift"_L1].toArray().size(), 1);
    QCOMPARE(database.scalar("SELECT n FROM t"), u"2"_s);

    // What was accepted is what was previewed, nothing else.
    const QStringList accepting { u"undo"_s, run, u"--accept-differences"_s, u"--json"_s };
    const Answer preview = call(accepting);
    VERIFY_EXIT(preview, 0);
    const QStringList asPreviewed { u"--apply"_s, u"--expect"_s, preview.json()["digest"_L1].toString() };
    database.exec("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " INSERT INTO log VALUES (new.n + 1); RETURN new; END $$");
    const Answer drifted = call(accepting + asPreviewed);
    VERIFY_EXIT(drifted, 4);
    QCOMPARE(drifted.json()["drift"_L1].toArray().size(), 2); // the row of the log as previewed, and as it is now
    QCOMPARE(database.scalar("SELECT n FROM t"), u"2"_s);
    database.exec("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " INSERT INTO log VALUES (new.n); RETURN new; END $$");

    const Answer accepted = call(accepting + asPreviewed);
    VERIFY_EXIT(accepted, 0);
    QCOMPARE(accepted.json()["outcome"_L1].toString(), u"committed"_s);
    QCOMPARE(accepted.json()["drift"_L1].toArray().size(), 1);
    QCOMPARE(database.scalar("SELECT n FROM t"), u"1"_s);
    const Answer logged = call({ u"log"_s, accepted.json()["run"_L1].toString(), u"--json"_s });
    VERIFY_EXIT(logged, 0);
    QCOMPARE(logged.json()["drift"_L1], accepted.json()["drift"_L1]);
}

QTEST_GUILESS_MAIN(TestCliUndo)
#include "tst_cliundo.moc"
