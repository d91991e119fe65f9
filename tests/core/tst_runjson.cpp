// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/runjson.h"
#include "journal/runrecord.h"

#include "support/effectsrows.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

/// The same JSON in one spelling, so that a literal may be laid out for people.
QString canonical(const QByteArray& json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (document.isNull())
        return u"not JSON: %1: %2"_s.arg(error.errorString(), QString::fromUtf8(json));
    return QString::fromUtf8(document.toJson());
}

/// Keys in the order in which they stand: a reader may see it.
QStringList topLevelKeys(const QByteArray& json)
{
    QStringList keys;
    for (const QByteArray& line : json.split('\n')) {
        if (line.startsWith("  \""))
            keys.append(QString::fromUtf8(line.mid(3, line.indexOf('"', 3) - 3)));
    }
    return keys;
}

CommandReport command(int index, const QString& operation, CommandStatus status, qint64 rows, double milliseconds)
{
    CommandReport report;
    report.index = index;
    report.operation = operation;
    report.target = u"shop"_s;
    report.description = u"what it does"_s;
    report.status = status;
    report.rows = rows;
    report.milliseconds = milliseconds;
    return report;
}

TargetEffects orders()
{
    RowChange updated = updatedRow({ number(1), number(5) }, { number(1), number(6) });
    updated.command = 0;
    RowChange cascaded = deletedRow({ number(2), Value() });
    cascaded.origin = Origin::Indirect;
    TargetEffects effects
        = shopEffects({ tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, { 0 }, { updated, cascaded }) });
    effects.cautions.append({ u"sequence-advanced"_s, u"The sequence of orders went on to 7"_s });
    return effects;
}

Run preview()
{
    Run run;
    run.id = u"01HXXXXXXXXXXXXXXXXXXXXXXX"_s;
    run.kind = RunKind::Preview;
    run.outcome = Outcome::Ready;
    run.digest = u"sha256:abc"_s;
    run.commands = { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4) };
    run.effects = { orders() };
    return run;
}

Error foreignKeyError()
{
    Error error = makeError(ErrorKind::Statement, u"violates foreign key"_s, u"Key (c)=(9) is not present"_s);
    error.sqlState = u"23503"_s;
    error.constraint = u"orders_customer_fkey"_s;
    error.position = 17;
    return error;
}

Run applied()
{
    Run run;
    run.id = u"01HXXXXXXXXXXXXXXXXXXXXXXX"_s;
    run.kind = RunKind::Apply;
    run.title = u"Refund order 4711"_s;
    run.started = QDateTime(QDate(2026, 1, 31), QTime(12, 0), Qt::UTC);
    run.ended = run.started.addMSecs(1234);
    run.outcome = Outcome::Committed;
    run.digest = u"sha256:abc"_s;
    TargetReport target;
    target.name = u"shop"_s;
    target.uri = u"sqlite:/srv/shop.db"_s;
    target.outcome = Outcome::Committed;
    target.evidence = { { u"xid"_s, std::numeric_limits<qint64>::max() } };
    run.targets = { target };
    run.commands = { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4) };
    run.effects = { orders() };
    return run;
}

RunJsonOptions lineOfLog()
{
    return { .commandsAndEffects = false, .maxRows = -1, .indented = false };
}

} // namespace

class TestRunJson : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void readyPreview();
    void failedPreview();
    void failureWithoutCommand();
    void cutsRows_data();
    void cutsRows();
    void unusualTable();
    void keyOfAnUpdateIsTheOldOne();
    void committedRun();
    void runWithDriftAndRollbackError();
    void lineOfLogIsOneLine();
    void undoPreviewIsAPreview();
    void nameOfEveryOutcome_data();
    void nameOfEveryOutcome();
    void effectsComeBack_data();
    void effectsComeBack();
    void brokenEffects_data();
    void brokenEffects();
    void runComesBack_data();
    void runComesBack();
    void commandsComeBack();
};

void TestRunJson::readyPreview()
{
    const QByteArray json = runToJson(preview());
    QCOMPARE(canonical(json), canonical(R"({
      "format": "holdpoint-preview/1",
      "outcome": "ready",
      "digest": "sha256:abc",
      "commands": [ { "index": 0, "op": "update", "target": "shop", "status": "ok", "rows": 1, "ms": 0.4 } ],
      "targets": [ {
        "name": "shop", "engine": "sqlite",
        "tables": [ {
          "schema": "main", "table": "orders", "inserted": 0, "updated": 1, "deleted": 1, "complete": true,
          "rows": [
            { "change": "update", "origin": "direct", "command": 0, "key": {"id": 1},
              "before": {"id": 1, "total": 5}, "after": {"id": 1, "total": 6}, "volatile": [] },
            { "change": "delete", "origin": "indirect", "command": null, "key": {"id": 2},
              "before": {"id": 2, "total": null}, "volatile": [] }
          ]
        } ],
        "schema_changes": [ ],
        "cautions": [ { "code": "sequence-advanced", "text": "The sequence of orders went on to 7" } ]
      } ]
    })"));
    QCOMPARE(topLevelKeys(json), QStringList({ u"format"_s, u"outcome"_s, u"digest"_s, u"commands"_s, u"targets"_s }));
}

void TestRunJson::failedPreview()
{
    Run run = preview();
    run.outcome = Outcome::Failed;
    run.digest.clear();
    run.effects.clear();
    run.commands = { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4),
                     command(1, u"insert"_s, CommandStatus::Failed, 0, 0.1234567),
                     command(2, u"sql"_s, CommandStatus::Skipped, 0, 0) };
    run.commands[1].error = foreignKeyError();
    run.failure = Failure { 1, u"shop"_s, foreignKeyError() };
    QCOMPARE(canonical(runToJson(run)), canonical(R"({
      "format": "holdpoint-preview/1",
      "outcome": "failed",
      "digest": "",
      "failure": { "command": 1, "target": "shop", "sqlstate": "23503", "message": "violates foreign key",
                   "detail": "Key (c)=(9) is not present", "hint": "", "constraint": "orders_customer_fkey",
                   "position": 17, "kind": "statement" },
      "commands": [
        { "index": 0, "op": "update", "target": "shop", "status": "ok", "rows": 1, "ms": 0.4 },
        { "index": 1, "op": "insert", "target": "shop", "status": "failed", "rows": 0, "ms": 0.123,
          "error": { "sqlstate": "23503", "message": "violates foreign key", "detail": "Key (c)=(9) is not present",
                     "constraint": "orders_customer_fkey", "position": 17, "kind": "statement" } },
        { "index": 2, "op": "sql", "target": "shop", "status": "skipped", "rows": 0, "ms": 0 }
      ],
      "targets": [ ]
    })"));
}

void TestRunJson::failureWithoutCommand()
{
    Run run = preview();
    run.outcome = Outcome::Failed;
    Error error = makeError(ErrorKind::Unreachable, u"no server"_s, {}, u"start it"_s);
    error.nativeCode = 14;
    run.failure = Failure { {}, u"shop"_s, error };
    const QJsonObject json = QJsonDocument::fromJson(runToJson(run)).object();
    QCOMPARE(json.value("failure"_L1).toObject(),
             QJsonDocument::fromJson(R"({ "command": null, "target": "shop", "sqlstate": "", "message": "no server",
                 "detail": "", "hint": "start it", "constraint": "", "position": null,
                 "kind": "unreachable", "native_code": 14 })")
                 .object());
}

void TestRunJson::cutsRows_data()
{
    QTest::addColumn<qint64>("maxRows");
    QTest::addColumn<int>("rows");
    QTest::addColumn<bool>("truncated");
    QTest::newRow("all") << qint64(-1) << 2 << false;
    QTest::newRow("just enough") << qint64(2) << 2 << false;
    QTest::newRow("one") << qint64(1) << 1 << true;
    QTest::newRow("none") << qint64(0) << 0 << true;
}

void TestRunJson::cutsRows()
{
    QFETCH(qint64, maxRows);
    QFETCH(int, rows);
    QFETCH(bool, truncated);
    RunJsonOptions options;
    options.maxRows = maxRows;
    const QJsonObject json = QJsonDocument::fromJson(runToJson(preview(), options)).object();
    const QJsonObject table = json["targets"_L1][0]["tables"_L1][0].toObject();
    QCOMPARE(table["rows"_L1].toArray().size(), rows);
    QCOMPARE(table.contains("truncated"_L1), truncated);
    QCOMPARE(table["truncated"_L1].toBool(), truncated);
    QCOMPARE(table["updated"_L1].toInt(), 1);
    QCOMPARE(table["deleted"_L1].toInt(), 1);
    QCOMPARE(json["digest"_L1].toString(), u"sha256:abc"_s);
}

void TestRunJson::unusualTable()
{
    Run run = preview();
    TableEffects table = tableEffects(u"log"_s, { u"at"_s, u"text"_s }, {},
                                      { withVolatile(insertedRow({ words("12:00"), words("a") }), { 0 }) });
    table.rows[0].partition = u"log_2026"_s;
    table.complete = false;
    table.incompleteReason = u"2 rows may not be read"_s;
    table.internal = true;
    table.generated = { 1 };
    TargetEffects effects = shopEffects({ table }, EngineKind::PostgreSQL);
    effects.schemaChanges = { { u"create"_s, u"table main.x"_s, {}, u"CREATE TABLE x(a)"_s } };
    run.effects = { effects };
    const QJsonObject json = QJsonDocument::fromJson(runToJson(run)).object();
    QCOMPARE(canonical(QJsonDocument(json["targets"_L1].toArray()).toJson()), canonical(R"json([ {
        "name": "shop", "engine": "postgresql",
        "tables": [ {
          "schema": "main", "table": "log", "inserted": 1, "updated": 0, "deleted": 0,
          "complete": false, "reason": "2 rows may not be read", "internal": true,
          "rows": [ { "change": "insert", "origin": "direct", "command": null, "key": null,
                      "after": {"at": "12:00", "text": "a"}, "partition": "log_2026", "volatile": ["at"] } ]
        } ],
        "schema_changes": [ { "kind": "create", "object": "table main.x", "before": "", "after": "CREATE TABLE x(a)" } ],
        "cautions": [ ]
      } ])json"));
}

void TestRunJson::keyOfAnUpdateIsTheOldOne()
{
    Run run = preview();
    run.effects = { shopEffects(
        { tableEffects(u"t"_s, { u"a"_s, u"b"_s, u"c"_s }, { 2, 0 },
                       { updatedRow({ number(1), number(2), number(3) }, { number(4), number(2), number(6) }) }) }) };
    QVERIFY(runToJson(run).contains(R"("key": { "c": 3, "a": 1 })"));
}

void TestRunJson::committedRun()
{
    const QByteArray json = runToJson(applied(), { .commandsAndEffects = false });
    QCOMPARE(canonical(json), canonical(R"({
      "format": "holdpoint-run/1", "run": "01HXXXXXXXXXXXXXXXXXXXXXXX", "kind": "apply", "title": "Refund order 4711",
      "started": "2026-01-31T12:00:00.000Z", "ended": "2026-01-31T12:00:01.234Z",
      "outcome": "committed", "reason": "", "digest": "sha256:abc",
      "targets": [ { "name": "shop", "engine": "sqlite", "uri": "sqlite:/srv/shop.db", "outcome": "committed",
                     "evidence": { "xid": 9223372036854775807 } } ],
      "failure": null, "drift": [ ]
    })"));
    QVERIFY(json.contains("9223372036854775807"));

    const QJsonObject whole = QJsonDocument::fromJson(runToJson(applied())).object();
    const QJsonObject asPreview = QJsonDocument::fromJson(runToJson(preview())).object();
    QCOMPARE(whole["commands"_L1], asPreview["commands"_L1]);
    QCOMPARE(whole["effects"_L1], asPreview["targets"_L1]);
}

void TestRunJson::runWithDriftAndRollbackError()
{
    Run run = applied();
    run.kind = RunKind::Undo;
    run.undoOf = u"01HYYYYYYYYYYYYYYYYYYYYYYY"_s;
    run.reason = u"SUP-12"_s;
    run.outcome = Outcome::RollbackFailed;
    run.cause = u"drift"_s;
    run.targets[0].outcome = Outcome::RollbackFailed;
    run.targets[0].rollbackError = makeError(ErrorKind::ConnectionLost, u"gone"_s);
    const Row before { number(1), number(5) };
    DriftRow other;
    other.target = u"shop"_s;
    other.table = { u"main"_s, u"orders"_s };
    other.columns = { u"id"_s, u"total"_s };
    other.key = { { u"id"_s, number(1) } };
    other.preview = updatedRow(before, { number(1), number(6) });
    other.now = deletedRow(before);
    DriftRow remark;
    remark.target = u"shop"_s;
    remark.text = u"a count"_s;
    run.drift = { other, remark };
    const QJsonObject json = QJsonDocument::fromJson(runToJson(run)).object();
    QCOMPARE(json["undo_of"_L1].toString(), run.undoOf);
    QCOMPARE(json["batch_reason"_L1].toString(), u"SUP-12"_s);
    QCOMPARE(json["reason"_L1].toString(), u"drift"_s);
    QCOMPARE(json["outcome"_L1].toString(), u"rollback-failed"_s);
    QCOMPARE(json["targets"_L1][0]["rollback_error"_L1].toObject(),
             QJsonObject({ { u"message"_s, u"gone"_s }, { u"kind"_s, u"connection-lost"_s } }));
    QCOMPARE(canonical(QJsonDocument(json["drift"_L1].toArray()).toJson()), canonical(R"([
        { "target": "shop", "schema": "main", "table": "orders", "key": {"id": 1},
          "before_at_preview": {"id": 1, "total": 5}, "before_now": {"id": 1, "total": 5},
          "after_at_preview": {"id": 1, "total": 6}, "after_now": null, "text": "" },
        { "target": "shop", "schema": "", "table": "", "key": null, "before_at_preview": null, "before_now": null,
          "after_at_preview": null, "after_now": null, "text": "a count" }
      ])"));
}

void TestRunJson::lineOfLogIsOneLine()
{
    Run run = applied();
    run.title = u"two\nlines"_s;
    const QByteArray json = runToJson(run, lineOfLog());
    QVERIFY(!json.contains('\n'));
    QCOMPARE(QJsonDocument::fromJson(json).object()["title"_L1].toString(), run.title);
    QCOMPARE(QJsonDocument::fromJson(runToJson(preview(), lineOfLog())).object()["format"_L1].toString(),
             u"holdpoint-run/1"_s);
}

void TestRunJson::undoPreviewIsAPreview()
{
    Run run = preview();
    run.kind = RunKind::Undo;
    QCOMPARE(runToJson(run), runToJson(preview()));
}

void TestRunJson::nameOfEveryOutcome_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "ready", "failed", "committed", "rolled-back", "rollback-failed", "in-doubt" })
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestRunJson::nameOfEveryOutcome()
{
    QFETCH(QString, name);
    const auto outcome = outcomeFromName(name);
    QVERIFY(outcome);
    QCOMPARE(outcomeName(*outcome), name);
    QVERIFY(!outcomeFromName(name + u'x'));
}

void TestRunJson::effectsComeBack_data()
{
    QTest::addColumn<QList<TargetEffects>>("effects");
    const auto one = [](const Value& value) {
        return QList<TargetEffects> { shopEffects(
            { tableEffects(u"t"_s, { u"id"_s, u"v"_s }, { 0 }, { insertedRow({ number(1), value }) }) }) };
    };
    QTest::newRow("nothing") << QList<TargetEffects>();
    QTest::newRow("null") << one(Value());
    QTest::newRow("true") << one(Value::boolean(true));
    QTest::newRow("false") << one(Value::boolean(false));
    QTest::newRow("largest integer") << one(number(std::numeric_limits<qint64>::max()));
    QTest::newRow("smallest integer") << one(number(std::numeric_limits<qint64>::min()));
    QTest::newRow("2^53 + 1") << one(number(9007199254740993));
    QTest::newRow("1.0") << one(Value::real(1.0));
    QTest::newRow("0.1") << one(Value::real(0.1));
    QTest::newRow("-0.0") << one(Value::real(-0.0));
    QTest::newRow("infinity") << one(Value::real(std::numeric_limits<double>::infinity()));
    QTest::newRow("-infinity") << one(Value::real(-std::numeric_limits<double>::infinity()));
    QTest::newRow("smallest double") << one(Value::real(std::numeric_limits<double>::denorm_min()));
    QTest::newRow("largest double") << one(Value::real(std::numeric_limits<double>::max()));
    QTest::newRow("empty text") << one(words(""));
    QTest::newRow("text with everything") << one(words("\"\\\n\t\x01 ä \U0001F600 \u2028"));
    QTest::newRow("blob") << one(Value::blob(QByteArray::fromHex("00ff10")));
    QTest::newRow("empty blob") << one(Value::blob(""));
    QTest::newRow("text that is not UTF-8") << one(Value::rawText("\xff\xfe"));
    QTest::newRow("text with NUL") << one(Value::rawText(QByteArray("a\0b", 3)));

    TargetEffects all
        = shopEffects({ tableEffects(u"without key \"x\""_s, { u"a b"_s, u""_s }, {},
                                     { insertedRow({ number(1), number(2) }), insertedRow({ number(1), number(2) }) }),
                        tableEffects(u"key in another order"_s, { u"a"_s, u"b"_s }, { 1, 0 },
                                     { updatedRow({ number(1), number(2) }, { number(3), number(4) }) }),
                        tableEffects(u"empty"_s, { u"a"_s, u"b"_s }, { 0 }, {}) },
                      EngineKind::PostgreSQL);
    TableEffects& empty = all.tables[0];
    empty.complete = false;
    empty.incompleteReason = u"not readable"_s;
    empty.deleted = 77;
    empty.internal = true;
    empty.generated = { 1 };
    RowChange& row = all.tables[1].rows[0];
    row.origin = Origin::Indirect;
    row.command = 12;
    row.partition = u"p1"_s;
    row.volatileColumns = { 0, 1 };
    all.schemaChanges = { { u"alter"_s, u"table main.t"_s, u"a"_s, u"b"_s } };
    all.cautions = { { u"notify"_s, u"text"_s } };
    TargetEffects other;
    other.target = u"billing"_s;
    QTest::newRow("everything else") << QList<TargetEffects> { all, other };
}

void TestRunJson::effectsComeBack()
{
    QFETCH(QList<TargetEffects>, effects);
    const auto back = effectsFromJson(effectsToJson(effects));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    QVERIFY(*back == effects);
    QCOMPARE(digest(*back), digest(effects));
}

void TestRunJson::brokenEffects_data()
{
    QTest::addColumn<QByteArray>("json");
    const QByteArray good = effectsToJson({ orders() });
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no array") << "{}"_ba;
    QTest::newRow("cut short") << good.left(good.size() / 2);
    QTest::newRow("unknown engine") << QByteArray(good).replace("sqlite", "mysql");
    QTest::newRow("unknown key") << QByteArray(good).replace("\"volatile\"", "\"fragile\"");
    QTest::newRow("column missing in a row") << QByteArray(good).replace(", \"total\": 6", "");
    QTest::newRow("another column in a row") << QByteArray(good).replace("\"total\": 6", "\"sum\": 6");
    QTest::newRow("key of no column") << QByteArray(good).replace("\"primary_key\": [\"id\"]",
                                                                  "\"primary_key\": [\"x\"]");
    QTest::newRow("text as a count") << QByteArray(good).replace("\"updated\": 1", "\"updated\": \"1\"");
}

void TestRunJson::brokenEffects()
{
    QFETCH(QByteArray, json);
    QVERIFY(json != effectsToJson({ orders() }));
    const auto effects = effectsFromJson(json);
    QVERIFY(!effects.ok());
    QVERIFY(effects.error().message.startsWith("effects:1:"_L1));
}

void TestRunJson::runComesBack_data()
{
    QTest::addColumn<Run>("run");
    QTest::newRow("committed") << applied();
    Run failed = applied();
    failed.kind = RunKind::Undo;
    failed.undoOf = u"01HYYYYYYYYYYYYYYYYYYYYYYY"_s;
    failed.reason = u"SUP-12"_s;
    failed.outcome = Outcome::RollbackFailed;
    failed.cause = u"command-failed"_s;
    Error error = foreignKeyError();
    error.hint = u"a hint"_s;
    error.schema = u"public"_s;
    error.table = u"orders"_s;
    error.column = u"customer"_s;
    error.statement = u"INSERT …"_s;
    error.nativeCode = 787;
    failed.failure = Failure { 3, u"shop"_s, error };
    failed.targets[0].rollbackError = error;
    failed.targets[0].engine = EngineKind::PostgreSQL;
    failed.targets[0].evidence = { { u"a"_s, QJsonArray { 1, u"x"_s, QJsonValue(), true, 1.5 } } };
    QTest::newRow("failed") << failed;
    Run drifted = applied();
    drifted.outcome = Outcome::RolledBack;
    drifted.cause = u"drift"_s;
    drifted.drift
        = compareEffects({ orders() },
                         { shopEffects({ tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, { 0 },
                                                      { updatedRow({ number(1), number(5) }, { number(1), number(7) }),
                                                        insertedRow({ number(9), Value::blob("x") }) }) }) });
    for (DriftRow& row : drifted.drift) { // what the contract's form of a drift does not hold
        for (auto* side : { &row.preview, &row.now }) {
            if (*side) {
                (*side)->command.reset();
                (*side)->origin = Origin::Direct;
            }
        }
    }
    QCOMPARE(drifted.drift.size(), 3);
    QTest::newRow("drifted") << drifted;
    QTest::newRow("preview") << preview();
}

void TestRunJson::runComesBack()
{
    QFETCH(Run, run);
    const auto back = runFromJson(runToJson(run, lineOfLog()));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    run.commands.clear();
    run.effects.clear();
    QVERIFY(*back == run);
}

void TestRunJson::commandsComeBack()
{
    QList<CommandReport> commands { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4),
                                    command(1, u"insert"_s, CommandStatus::Failed, 0, 12.0),
                                    command(2, u"sql"_s, CommandStatus::Skipped, 0, 0) };
    commands[1].error = foreignKeyError();
    const auto back = commandsFromJson(commandsToJson(commands));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    QVERIFY(*back == commands);
    QVERIFY(!commandsFromJson("[{}]").ok());
}

QTEST_APPLESS_MAIN(TestRunJson)
#include "tst_runjson.moc"
