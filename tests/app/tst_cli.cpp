// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/shop.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include <csignal>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_Cli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void helpAndVersion();
    void usageErrors_data();
    void usageErrors();
    void unreadableBatches_data();
    void unreadableBatches();
    void unusableTargets_data();
    void unusableTargets();
    void wrongPassword();
    void lockedFile();
    void checksWithoutADatabase();
    void mainJob_data() { engineRows(); }
    void mainJob();
    void previewJsonIsTheContracts_data() { engineRows(); }
    void previewJsonIsTheContracts();
    void failedPreviewTellsEachError_data() { engineRows(); }
    void failedPreviewTellsEachError();
    void runsAScript_data() { engineRows(); }
    void runsAScript();
    void readsStandardInput();
    void queueInOrder_data() { engineRows(); }
    void queueInOrder();
    void driftIsExit4_data() { engineRows(); }
    void driftIsExit4();
    void cutsRowsButNotCounts();
    void namesDoNotRuleTheTerminal();
    void interruptRollsBack_data() { engineRows(); }
    void interruptRollsBack();
    void killedInTheMiddle_data() { engineRows(); }
    void killedInTheMiddle();
    void bigScript();

private:
    struct Answer
    {
        int exit = -1;
        QByteArray output;
        QByteArray errors;
        [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
    };
    Answer call(const QStringList& arguments, const QByteArray& input = {}) const;
    QString write(const QString& name, const QByteArray& content) const;
    [[nodiscard]] QString batch(const QString& uri, const QByteArray& commands) const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

const QByteArray refund = R"(
    { "op": "update", "target": "shop", "table": "orders", "key": { "id": 10 }, "set": { "total": 0 }, "expect": { "total": 500 } },
    { "op": "delete", "target": "shop", "table": "orders", "key": { "id": 11 } })"_ba;

QJsonObject tableOf(const QJsonObject& preview, const QString& name)
{
    for (const QJsonValue& table : preview["targets"_L1][0]["tables"_L1].toArray()) {
        if (table["table"_L1].toString() == name)
            return table.toObject();
    }
    return {};
}

} // namespace

#define VERIFY_EXIT(call, code)                                                                                        \
    do {                                                                                                               \
        const Answer& got = (call);                                                                                    \
        QVERIFY2(got.exit == (code), (QByteArray::number(got.exit) + '\n' + got.output + got.errors).constData());     \
    } while (false)

void tst_Cli::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

tst_Cli::Answer tst_Cli::call(const QStringList& arguments, const QByteArray& input) const
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"XDG_CONFIG_HOME"_s, m_folder->path());
    environment.insert(u"XDG_DATA_HOME"_s, m_folder->path());
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder->path());
    process.start(QStringLiteral(HOLDPOINT_CLI), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(120000))
        qFatal("%s did not end", qPrintable(arguments.join(u' ')));
    return { process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
             process.readAllStandardError() };
}

QString tst_Cli::write(const QString& name, const QByteArray& content) const
{
    QFile file(m_folder->filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("%s", qPrintable(file.errorString()));
    return file.fileName();
}

QString tst_Cli::batch(const QString& uri, const QByteArray& commands) const
{
    return write(u"batch.holdpoint"_s,
                 R"({ "format": "holdpoint-batch/1", "title": "Refund", "reason": "SUP-1", "targets": { "shop": ")"
                     + uri.toUtf8() + R"(" }, "commands": [)" + commands + "] }");
}

void tst_Cli::helpAndVersion()
{
    const Answer help = call({ u"--help"_s });
    VERIFY_EXIT(help, 0);
    QVERIFY(help.output.contains("holdpoint-cli preview FILE"));
    const Answer version = call({ u"--version"_s });
    VERIFY_EXIT(version, 0);
    QVERIFY(version.output.startsWith("holdpoint 0."));
}

void tst_Cli::usageErrors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("nothing") << QStringList {} << "What is to be done?"_ba;
    QTest::newRow("unknown call") << QStringList { u"explode"_s } << "Unknown call 'explode'"_ba;
    QTest::newRow("unknown option") << QStringList { u"log"_s, u"--frob"_s } << "frob"_ba;
    QTest::newRow("no file") << QStringList { u"preview"_s } << "one FILE"_ba;
    QTest::newRow("two files") << QStringList { u"apply"_s, u"a"_s, u"b"_s } << "one FILE"_ba;
    QTest::newRow("option of another call")
        << QStringList { u"preview"_s, u"a"_s, u"--expect"_s, u"x"_s } << "--expect does not belong"_ba;
    QTest::newRow("bad time-out") << QStringList { u"preview"_s, u"a"_s, u"--lock-timeout"_s, u"soon"_s }
                                  << "--lock-timeout"_ba;
    QTest::newRow("bad outcome") << QStringList { u"log"_s, u"--outcome"_s, u"fine"_s } << "--outcome"_ba;
    QTest::newRow("bad time") << QStringList { u"log"_s, u"--since"_s, u"yesterday"_s } << "--since"_ba;
    QTest::newRow("bad queue verb") << QStringList { u"queue"_s, u"shuffle"_s } << "shuffle"_ba;
    QTest::newRow("queue move without position") << QStringList { u"queue"_s, u"move"_s, u"1"_s } << "ID POSITION"_ba;
    QTest::newRow("queue remove of no number")
        << QStringList { u"queue"_s, u"remove"_s, u"x"_s } << "ID is a number"_ba;
    QTest::newRow("missing file") << QStringList { u"preview"_s, u"nowhere.holdpoint"_s }
                                  << "nowhere.holdpoint cannot be read"_ba;
    QTest::newRow("a folder") << QStringList { u"preview"_s, u"/"_s } << "cannot be read"_ba;
    QTest::newRow("unknown run") << QStringList { u"undo"_s, u"01ABC"_s } << "01ABC"_ba;
    QTest::newRow("unknown queue entry") << QStringList { u"queue"_s, u"remove"_s, u"7"_s } << "7"_ba;
}

void tst_Cli::usageErrors()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, said);
    const Answer answer = call(arguments);
    VERIFY_EXIT(answer, 2);
    QVERIFY2(answer.errors.contains(said), answer.errors.constData());
    QVERIFY(answer.output.isEmpty());
}

void tst_Cli::unreadableBatches_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("said");
    const QByteArray head
        = R"({ "format": "holdpoint-batch/1", "title": "t", "reason": "r", "targets": { "shop": "sqlite:shop.db" }, "commands": [)"_ba;
    QTest::newRow("empty") << QByteArray() << "bad.holdpoint:1:1"_ba;
    QTest::newRow("cut short") << head + R"({ "op": "sql", "target": "sh)"
                               << "bad.holdpoint:1:"_ba;
    QTest::newRow("not JSON") << "{ hello }"_ba
                              << "bad.holdpoint:1:3"_ba;
    QTest::newRow("unknown key") << head + R"(], "extra": 1 })"
                                 << "extra"_ba;
    QTest::newRow("duplicate key") << head + R"(], "title": "again" })"
                                   << "title"_ba;
    QTest::newRow("unknown target") << head + R"({ "op": "sql", "target": "bank", "text": "SELECT 1" }] })"
                                    << "bank"_ba;
    QTest::newRow("unknown operation") << head + R"({ "op": "upsert", "target": "shop" }] })"
                                       << "upsert"_ba;
    QTest::newRow("transaction control") << head + R"({ "op": "sql", "target": "shop", "text": "COMMIT" }] })"
                                         << "COMMIT"_ba;
    QTest::newRow("two statements") << head + R"({ "op": "sql", "target": "shop", "text": "SELECT 1; SELECT 2" }] })"
                                    << "bad.holdpoint"_ba;
    QTest::newRow("syntax error") << head + R"({ "op": "sql", "target": "shop", "text": "UPDATE SET" }] })"
                                  << "bad.holdpoint"_ba;
    QTest::newRow("VACUUM") << head + R"({ "op": "sql", "target": "shop", "text": "VACUUM" }] })"
                            << "VACUUM"_ba;
    QTest::newRow("ATTACH") << head + R"({ "op": "sql", "target": "shop", "text": "ATTACH 'x' AS y" }] })"
                            << "ATTACH"_ba;
    QTest::newRow("PRAGMA that writes") << head
            + R"({ "op": "sql", "target": "shop", "text": "PRAGMA journal_mode = WAL" }] })"
                                        << "PRAGMA"_ba;
    QTest::newRow("invalid UTF-8") << head
            + "{ \"op\": \"sql\", \"target\": \"shop\", \"text\": \"SELECT '\xff\xfe'\" }] }"
                                   << "bad.holdpoint:1:"_ba;
    QTest::newRow("NUL in the SQL") << head + R"({ "op": "sql", "target": "shop", "text": "SELECT '\u0000'" }] })"
                                    << "NUL"_ba;
    QTest::newRow("password in a URI") << QByteArray(head).replace("sqlite:shop.db", "postgresql://me:hunter2@host/db")
            + "] }"
                                       << "assword"_ba;
}

void tst_Cli::unreadableBatches()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, said);
    const QString file = write(u"bad.holdpoint"_s, content);
    for (const QString& verb : { u"check"_s, u"preview"_s, u"apply"_s }) {
        const Answer answer = call({ verb, file });
        VERIFY_EXIT(answer, 2);
        QVERIFY2(answer.errors.contains(said), answer.errors.constData());
        QVERIFY(!answer.errors.contains("hunter2"));
    }
}

void tst_Cli::unusableTargets_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("missing file") << u"sqlite:missing.db"_s << "missing.db"_ba;
    QTest::newRow("a folder") << u"sqlite:."_s << "folder"_ba;
    QTest::newRow("no database") << u"sqlite:text.db"_s << "text.db"_ba;
    QTest::newRow("truncated database") << u"sqlite:cut.db"_s << "cut.db"_ba;
    QTest::newRow("dead server") << u"postgresql://me@127.0.0.1:1/db"_s << "127.0.0.1"_ba;
    QTest::newRow("unknown host") << u"postgresql://me@host.invalid/db"_s << "host.invalid"_ba;
}

void tst_Cli::unusableTargets()
{
    QFETCH(QString, uri);
    QFETCH(QByteArray, said);
    write(u"text.db"_s, QByteArray(5000, 'x'));
    const TestSqlite whole(shopSql(EngineKind::SQLite));
    QFile file(whole.path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    write(u"cut.db"_s, file.read(6000));
    const Answer answer = call({ u"preview"_s, batch(uri, refund) });
    VERIFY_EXIT(answer, 3);
    QVERIFY2((answer.output + answer.errors).contains(said), (answer.output + answer.errors).constData());
    QVERIFY(!QFile::exists(m_folder->filePath(u"missing.db"_s)));
}

void tst_Cli::wrongPassword()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestPostgres database;
    const Answer answer = call({ u"preview"_s, batch(database.uriAs(u"holdpoint_pw"_s), refund) });
    VERIFY_EXIT(answer, 3);
    QVERIFY2(answer.output.contains("password"), answer.output.constData());
}

void tst_Cli::lockedFile()
{
    const TestSqlite database(shopSql(EngineKind::SQLite));
    QProcess locker;
    locker.start(u"sqlite3"_s, { database.path() });
    locker.write("BEGIN IMMEDIATE;\nSELECT 'locked';\n");
    QVERIFY(locker.waitForReadyRead());
    const Answer answer
        = call({ u"preview"_s, batch(database.uri(), refund), u"--lock-timeout"_s, u"100ms"_s, u"--json"_s });
    VERIFY_EXIT(answer, 1);
    QVERIFY2(answer.output.contains("locked"), answer.output.constData());
    locker.closeWriteChannel();
    QVERIFY(locker.waitForFinished());
}

void tst_Cli::checksWithoutADatabase()
{
    const Answer answer = call({ u"check"_s, batch(u"sqlite:nowhere.db"_s, refund) });
    VERIFY_EXIT(answer, 0);
    QVERIFY(answer.output.contains("2 commands"));
}

void tst_Cli::mainJob()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString file = batch(database.uri(), refund);
    const QString before = database.dump();

    const Answer preview = call({ u"preview"_s, file });
    VERIFY_EXIT(preview, 0);
    QVERIFY2(preview.output.contains("500 → 0"), preview.output.constData());
    QCOMPARE(database.dump(), before);
    const QString digest = call({ u"preview"_s, file, u"--json"_s }).json()["digest"_L1].toString();

    const Answer applied = call({ u"apply"_s, file, u"--expect"_s, digest, u"--json"_s });
    VERIFY_EXIT(applied, 0);
    QCOMPARE(applied.json()["outcome"_L1].toString(), u"committed"_s);
    QCOMPARE(applied.json()["digest"_L1].toString(), digest);
    QCOMPARE(database.scalar("SELECT total FROM orders WHERE id = 10"), u"0"_s);

    const QString run = applied.json()["run"_L1].toString();
    const Answer told = call({ u"log"_s, run, u"--json"_s });
    VERIFY_EXIT(told, 0);
    QCOMPARE(told.json()["run"_L1].toString(), run);
    QCOMPARE(told.json()["commands"_L1].toArray().size(), 2);
    QCOMPARE(told.json()["effects"_L1].toArray().size(), 1);

    VERIFY_EXIT(call({ u"undo"_s, run }), 0);
    QCOMPARE(database.scalar("SELECT total FROM orders WHERE id = 10"), u"0"_s);
    const Answer undone = call({ u"undo"_s, run, u"--apply"_s, u"--json"_s });
    VERIFY_EXIT(undone, 0);
    QCOMPARE(undone.json()["kind"_L1].toString(), u"undo"_s);
    QCOMPARE(database.scalar("SELECT count(*) FROM audit"), u"0"_s);
    QCOMPARE(database.scalar("SELECT total FROM orders WHERE id = 10"), u"500"_s);
    QCOMPARE(database.scalar("SELECT count(*) FROM items"), u"4"_s);

    const Answer list = call({ u"log"_s, u"--json"_s, u"--outcome"_s, u"committed"_s });
    VERIFY_EXIT(list, 0);
    QCOMPARE(list.output.count('\n'), 2);
    QVERIFY(call({ u"log"_s }).output.contains("Refund"));
}

void tst_Cli::previewJsonIsTheContracts()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const Answer answer = call({ u"preview"_s, batch(database.uri(), refund), u"--json"_s });
    VERIFY_EXIT(answer, 0);
    const QJsonObject preview = answer.json();
    QCOMPARE(preview["format"_L1].toString(), u"holdpoint-preview/1"_s);
    QCOMPARE(preview["outcome"_L1].toString(), u"ready"_s);
    QVERIFY(preview["digest"_L1].toString().startsWith(u"sha256:"_s));
    const QJsonObject first = preview["commands"_L1][0].toObject();
    QCOMPARE(first["index"_L1].toInt(), 0);
    QCOMPARE(first["op"_L1].toString(), u"update"_s);
    QCOMPARE(first["target"_L1].toString(), u"shop"_s);
    QCOMPARE(first["status"_L1].toString(), u"ok"_s);
    QCOMPARE(first["rows"_L1].toInt(), 1);
    QVERIFY(first["ms"_L1].isDouble());
    QCOMPARE(preview["targets"_L1][0]["name"_L1].toString(), u"shop"_s);
    QCOMPARE(preview["targets"_L1][0]["engine"_L1].toString(), engineName(engine));
    const QJsonObject orders = tableOf(preview, u"orders"_s);
    QCOMPARE(orders["schema"_L1].toString(), engine == EngineKind::SQLite ? u"main"_s : u"public"_s);
    QCOMPARE(orders["updated"_L1].toInt(), 1);
    QCOMPARE(orders["deleted"_L1].toInt(), 1);
    QCOMPARE(orders["inserted"_L1].toInt(), 0);
    QCOMPARE(orders["complete"_L1].toBool(), true);
    const QJsonObject row = orders["rows"_L1][0].toObject();
    const QByteArray text = QJsonDocument(row).toJson(QJsonDocument::Compact);
    QCOMPARE(
        text,
        R"({"after":{"customer":1,"id":10,"total":0},"before":{"customer":1,"id":10,"total":500},"change":"update","command":0,"key":{"id":10},"origin":"direct","volatile":[]})"_ba);
    const QJsonObject gone = tableOf(preview, u"items"_s)["rows"_L1][0].toObject();
    QCOMPARE(gone["origin"_L1].toString(), u"indirect"_s);
    QCOMPARE(gone["command"_L1].toInt(), 1);
    QVERIFY(!gone.contains("after"_L1));
    QVERIFY(preview["targets"_L1][0]["schema_changes"_L1].isArray());
    QVERIFY(preview["targets"_L1][0]["cautions"_L1].isArray());
}

void tst_Cli::failedPreviewTellsEachError()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    const QByteArray commands = refund + R"(,
        { "op": "insert", "target": "shop", "table": "orders", "values": { "id": 99, "customer": 77, "total": 1 } },
        { "op": "update", "target": "shop", "table": "customers", "key": { "id": 1 }, "set": { "name": "x" }, "expect": { "name": "Bob" } },
        { "op": "update", "target": "shop", "table": "customers", "key": { "id": 1 }, "set": { "nickname": "x" } },
        { "op": "delete", "target": "shop", "table": "custmers", "key": { "id": 1 } })";
    const QString file = batch(database.uri(), commands);
    const Answer answer = call({ u"preview"_s, file, u"--json"_s });
    VERIFY_EXIT(answer, 1);
    const QJsonObject preview = answer.json();
    QCOMPARE(preview["outcome"_L1].toString(), u"failed"_s);
    QCOMPARE(preview["failure"_L1]["command"_L1].toInt(), 2);
    if (engine == EngineKind::PostgreSQL)
        QCOMPARE(preview["failure"_L1]["sqlstate"_L1].toString(), u"23503"_s);
    QStringList statuses;
    for (const QJsonValue& command : preview["commands"_L1].toArray())
        statuses.append(command["status"_L1].toString());
    QCOMPARE(statuses.join(u' '), u"ok ok failed failed failed failed"_s);
    const auto message = [&](int index) { return preview["commands"_L1][index]["error"_L1]["message"_L1].toString(); };
    QVERIFY2(message(3).contains(u"Ada"_s) && message(3).contains(u"Bob"_s), qPrintable(message(3)));
    QVERIFY2(message(4).contains(u"nickname"_s), qPrintable(message(4)));
    QVERIFY2(message(5).contains(u"custmers"_s), qPrintable(message(5)));
    QCOMPARE(database.dump(), before);

    const Answer forPeople = call({ u"preview"_s, file });
    VERIFY_EXIT(forPeople, 1);
    QVERIFY(forPeople.output.contains("command 2 failed on shop"));
    const Answer applied = call({ u"apply"_s, file, u"--json"_s });
    VERIFY_EXIT(applied, 1);
    QCOMPARE(applied.json()["outcome"_L1].toString(), u"rolled-back"_s);
    QCOMPARE(applied.json()["reason"_L1].toString(), u"command-failed"_s);
    QCOMPARE(database.dump(), before);
}

void tst_Cli::runsAScript()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString script
        = write(u"fix.sql"_s,
                "-- a comment; with a semicolon\nUPDATE notes SET note = 'a;b' WHERE note = 'other';\n\n"
                "DELETE FROM notes WHERE note = 'same';\n");
    VERIFY_EXIT(call({ u"apply"_s, script }), 2);
    const Answer applied = call({ u"apply"_s, script, u"--target"_s, database.uri() });
    VERIFY_EXIT(applied, 0);
    QCOMPARE(database.scalar("SELECT note FROM notes"), u"a;b"_s);
    VERIFY_EXIT(call({ u"apply"_s, write(u"bad.sql"_s, "SELECT 1;\nCOMMIT;\n"), u"--target"_s, database.uri() }), 2);
}

void tst_Cli::readsStandardInput()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    QFile file(batch(database.uri(), refund));
    QVERIFY(file.open(QIODevice::ReadOnly));
    VERIFY_EXIT(call({ u"preview"_s, u"-"_s }, file.readAll()), 0);
}

void tst_Cli::queueInOrder()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString first = batch(database.uri(), refund);
    VERIFY_EXIT(call({ u"queue"_s, u"add"_s, first }), 0);
    const QString second = batch(database.uri(), R"({ "op": "sql", "target": "shop", "text": "DELETE FROM notes" })");
    const Answer added = call({ u"queue"_s, u"add"_s, second, u"--json"_s });
    VERIFY_EXIT(added, 0);
    QCOMPARE(added.json()["entries"_L1][0]["position"_L1].toInt(), 2);
    const QString id = QString::number(added.json()["entries"_L1][0]["id"_L1].toInt());
    VERIFY_EXIT(call({ u"queue"_s, u"move"_s, id, u"1"_s }), 0);
    QCOMPARE(call({ u"queue"_s, u"--json"_s }).json()["entries"_L1].toArray().size(), 2);
    QCOMPARE(QString::number(call({ u"queue"_s, u"--json"_s }).json()["entries"_L1][0]["id"_L1].toInt()), id);
    VERIFY_EXIT(call({ u"queue"_s, u"apply"_s, id }), 0);
    QCOMPARE(database.scalar("SELECT count(*) FROM notes"), u"0"_s);
    QCOMPARE(database.scalar("SELECT total FROM orders WHERE id = 10"), u"500"_s);
    VERIFY_EXIT(call({ u"queue"_s, u"apply"_s }), 0);
    QCOMPARE(database.scalar("SELECT total FROM orders WHERE id = 10"), u"0"_s);
    QVERIFY(call({ u"queue"_s }).output.contains("empty"));
    VERIFY_EXIT(call({ u"queue"_s, u"add"_s, batch(database.uri(), refund) }), 1);
    QVERIFY(call({ u"queue"_s }).output.contains("empty"));
}

void tst_Cli::driftIsExit4()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString file
        = batch(database.uri(), R"({ "op": "sql", "target": "shop", "text": "UPDATE notes SET note = note || '!'" })");
    const QString digest = call({ u"preview"_s, file, u"--json"_s }).json()["digest"_L1].toString();
    database.exec("INSERT INTO notes VALUES ('new')");
    const QString before = database.dump();
    const Answer answer = call({ u"apply"_s, file, u"--expect"_s, digest, u"--json"_s });
    VERIFY_EXIT(answer, 4);
    QCOMPARE(answer.json()["reason"_L1].toString(), u"drift"_s);
    QVERIFY(!answer.json()["drift"_L1].toArray().isEmpty());
    QCOMPARE(database.dump(), before);
}

void tst_Cli::cutsRowsButNotCounts()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    const QString file = batch(database.uri(), R"({ "op": "sql", "target": "shop", "text": "DELETE FROM items" })");
    const QJsonObject whole = call({ u"preview"_s, file, u"--json"_s }).json();
    const QJsonObject cut = call({ u"preview"_s, file, u"--json"_s, u"--max-rows"_s, u"1"_s }).json();
    QCOMPARE(cut["digest"_L1], whole["digest"_L1]);
    QCOMPARE(tableOf(cut, u"items"_s)["rows"_L1].toArray().size(), 1);
    QCOMPARE(tableOf(cut, u"items"_s)["truncated"_L1].toBool(), true);
    QCOMPARE(tableOf(cut, u"items"_s)["deleted"_L1].toInt(), 4);
    QVERIFY(!tableOf(whole, u"items"_s).contains("truncated"_L1));
}

void tst_Cli::namesDoNotRuleTheTerminal()
{
    const TestDatabase database(EngineKind::SQLite,
                                "CREATE TABLE \"t\x1b[2Jx\"(a); INSERT INTO \"t\x1b[2Jx\" VALUES (1)");
    const QString file = write(
        u"odd.holdpoint"_s,
        R"({ "format": "holdpoint-batch/1", "title": "two\nlines \u001b[31m\u0007", "targets": { "shop": ")"
            + database.uri().toUtf8()
            + R"(" }, "commands": [ { "op": "sql", "target": "shop", "text": "DELETE FROM \"t\u001b[2Jx\"" } ] })");
    const Answer preview = call({ u"preview"_s, file });
    QCOMPARE(preview.exit, 0);
    QVERIFY(preview.output.contains("two lines"));
    QVERIFY(!preview.output.contains('\x07'));
    QVERIFY(!preview.output.contains("\x1b[2J"));
}

namespace {

QByteArray endless(EngineKind engine)
{
    const QByteArray text = engine == EngineKind::PostgreSQL
        ? "SELECT pg_sleep(60)"_ba
        : "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"_ba;
    return R"({ "op": "sql", "target": "shop", "text": ")" + text + "\" }";
}

} // namespace

void tst_Cli::interruptRollsBack()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    QProcess process;
    process.start(QStringLiteral(HOLDPOINT_CLI),
                  { u"--journal"_s, m_folder->filePath(u"j.db"_s), u"apply"_s,
                    batch(database.uri(), refund + ',' + endless(engine)) });
    QVERIFY(process.waitForStarted());
    QTest::qWait(1000);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(20000));
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(process.readAllStandardError().contains("rolled back"));
    QCOMPARE(database.dump(), before);
}

void tst_Cli::killedInTheMiddle()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    const QString journal = m_folder->filePath(u"j.db"_s);
    const QString file = batch(database.uri(), refund + ',' + endless(engine));
    // The expected digest is unknown, so the apply previews first; the kill comes in the apply or its preview.
    QProcess process;
    process.start(QStringLiteral(HOLDPOINT_CLI),
                  { u"apply"_s, file, u"--journal"_s, journal, u"--statement-timeout"_s, u"0"_s });
    QVERIFY(process.waitForStarted());
    QTest::qWait(1000);
    process.kill();
    QVERIFY(process.waitForFinished(20000));
    QTRY_COMPARE_WITH_TIMEOUT(database.dump(), before, 20000);
    const Answer resolved = call({ u"resolve"_s, u"--journal"_s, journal });
    VERIFY_EXIT(resolved, 0);
    VERIFY_EXIT(call({ u"apply"_s, batch(database.uri(), refund), u"--journal"_s, journal }), 0);
}

void tst_Cli::bigScript()
{
    const TestDatabase database(EngineKind::SQLite, "CREATE TABLE big (id INTEGER PRIMARY KEY, v TEXT)"_ba);
    const QByteArray value(50 * 1024 * 1024, 'x');
    const QString script = write(u"big.sql"_s, "INSERT INTO big VALUES (1, '" + value + "');");
    const Answer answer = call({ u"apply"_s, script, u"--target"_s, database.uri() });
    VERIFY_EXIT(answer, 0);
    QCOMPARE(database.scalar("SELECT length(v) FROM big"), QString::number(value.size()));
}

QTEST_GUILESS_MAIN(tst_Cli)
#include "tst_cli.moc"
