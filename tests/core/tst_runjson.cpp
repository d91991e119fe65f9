// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/runjson.h"

#include "support/runexamples.h"

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
    table.rows.edit(0, [](RowChange& row) { row.partition = u"log_2026"_s; });
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
    other.now = withVolatile(deletedRow(before), { 1 });
    other.now->origin = Origin::Indirect;
    other.now->command = 2;
    other.now->partition = u"p1"_s;
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
          "after_at_preview": {"id": 1, "total": 6}, "after_now": null,
          "at_preview": {"change": "update", "origin": "direct", "command": null, "volatile": []},
          "now": {"change": "delete", "origin": "indirect", "command": 2, "partition": "p1", "volatile": ["total"]},
          "text": "" },
        { "target": "shop", "schema": "", "table": "", "key": null, "before_at_preview": null, "before_now": null,
          "after_at_preview": null, "after_now": null, "at_preview": null, "now": null, "text": "a count" }
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

QTEST_APPLESS_MAIN(TestRunJson)
#include "tst_runjson.moc"
