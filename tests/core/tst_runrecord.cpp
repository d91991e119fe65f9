// SPDX-License-Identifier: GPL-3.0-or-later
// What the journal keeps and reads back.
#include "journal/commandrecord.h"
#include "journal/effectsrecord.h"
#include "journal/runjson.h"
#include "journal/runrecord.h"

#include "base/compression.h"
#include "command/deleterow.h"
#include "support/runexamples.h"

#include <QJsonArray>
#include <QTest>
#include <QtEndian>

#include <functional>

using namespace holdpoint;

namespace {

/// What a record of effects is made of.
struct Parts
{
    QByteArray head;
    QByteArray rows;
};

Parts partsOf(const QByteArray& record)
{
    const QByteArray bytes = decompressed(record).value();
    const auto size = qFromLittleEndian<qint64>(bytes.constData());
    return { bytes.sliced(sizeof size, size), bytes.sliced(sizeof size + size) };
}

QByteArray recordOf(const Parts& parts)
{
    QByteArray bytes(sizeof(qint64), '\0');
    qToLittleEndian(qint64(parts.head.size()), bytes.data());
    return compressed(bytes + parts.head + parts.rows);
}

} // namespace

class TestRunRecord : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void effectsComeBack_data();
    void effectsComeBack();
    void brokenEffects_data();
    void brokenEffects();
    void anyByteOfARowChanged();
    void runComesBack_data();
    void runComesBack();
    void commandsComeBack();
    void shortCommandsNeedTheirBatch();
};

void TestRunRecord::effectsComeBack_data()
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
    all.tables[1].rows.edit(0, [](RowChange& row) {
        row.origin = Origin::Indirect;
        row.command = 12;
        row.partition = u"p1"_s;
        row.volatileColumns = { 0, 1 };
    });
    all.schemaChanges = { { u"alter"_s, u"table main.t"_s, u"a"_s, u"b"_s } };
    all.cautions = { { u"notify"_s, u"text"_s } };
    TargetEffects other;
    other.target = u"billing"_s;
    QTest::newRow("everything else") << QList<TargetEffects> { all, other };
}

void TestRunRecord::effectsComeBack()
{
    QFETCH(QList<TargetEffects>, effects);
    const auto back = effectsFromRecord(effectsToRecord(effects));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    QVERIFY(*back == effects);
    QCOMPARE(digest(*back), digest(effects));
}

void TestRunRecord::brokenEffects_data()
{
    QTest::addColumn<QByteArray>("record");
    const QByteArray good = effectsToRecord({ orders() });
    const auto withHead = [&](const QByteArray& from, const QByteArray& to) {
        Parts parts = partsOf(good);
        Q_ASSERT(parts.head.contains(from));
        parts.head.replace(from, to);
        return recordOf(parts);
    };
    const auto withRows = [&](const std::function<void(QByteArray&)>& change) {
        Parts parts = partsOf(good);
        change(parts.rows);
        return recordOf(parts);
    };
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("not compressed") << "[]"_ba;
    QTest::newRow("cut short") << good.left(good.size() / 2);
    QTest::newRow("no head") << compressed("\1\0\0");
    QTest::newRow("no array") << withHead(partsOf(good).head, "{}");
    QTest::newRow("unknown engine") << withHead("sqlite", "mysql");
    QTest::newRow("unknown key") << withHead("\"internal\"", "\"external\"");
    QTest::newRow("key of no column") << withHead("\"primary_key\": [0]", "\"primary_key\": [2]");
    QTest::newRow("text as a count") << withHead("\"updated\": 1", "\"updated\": \"1\"");
    QTest::newRow("fewer rows than it says") << withHead("\"rows\": 2", "\"rows\": 3");
    QTest::newRow("more rows than it says") << withHead("\"rows\": 2", "\"rows\": 1");
    QTest::newRow("fewer columns than the rows have") << withHead("\"id\", \"total\"", "\"id\"");
    QTest::newRow("rows cut short") << withRows([](QByteArray& rows) { rows.chop(1); });
    QTest::newRow("something after the rows") << withRows([](QByteArray& rows) { rows.append('x'); });
    QTest::newRow("row without a size") << withRows([](QByteArray& rows) { rows[0] = 0; });
    QTest::newRow("row larger than all") << withRows([](QByteArray& rows) { rows[3] = '\x7f'; });
    QTest::newRow("unknown kind of change") << withRows([](QByteArray& rows) { rows[4] = 3; });
}

void TestRunRecord::brokenEffects()
{
    QFETCH(QByteArray, record);
    QVERIFY(record != effectsToRecord({ orders() }));
    const auto effects = effectsFromRecord(record);
    QVERIFY(!effects.ok());
    QVERIFY(!effects.error().message.isEmpty());
}

// Whatever a byte of a row becomes: an error, or effects that can be used as any other.
void TestRunRecord::anyByteOfARowChanged()
{
    const Parts good = partsOf(effectsToRecord({ orders() }));
    int refused = 0;
    for (qsizetype place = 0; place < good.rows.size(); ++place) {
        for (const char byte : { '\0', '\1', '\4', '\7', '\x20', '\x7f', '\xff' }) {
            Parts changed = good;
            changed.rows[place] = byte;
            auto effects = effectsFromRecord(recordOf(changed));
            refused += effects ? 0 : 1;
            if (!effects)
                continue;
            for (TargetEffects& target : *effects)
                normalize(target);
            QVERIFY(!digest(*effects).isEmpty());
            QVERIFY(!effectsToRecord(*effects).isEmpty());
        }
    }
    QVERIFY(refused > good.rows.size());
}

void TestRunRecord::runComesBack_data()
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
    drifted.drift[0].preview->partition = u"orders_2026"_s;
    drifted.drift[0].now->volatileColumns = { 1 };
    QCOMPARE(drifted.drift.size(), 3);
    QTest::newRow("drifted") << drifted;
    QTest::newRow("preview") << preview();
}

void TestRunRecord::runComesBack()
{
    QFETCH(Run, run);
    const auto back
        = runFromJson(runToJson(run, RunJsonOptions { .commandsAndEffects = false, .maxRows = -1, .indented = false }));
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    run.commands.clear();
    run.effects.clear();
    QVERIFY(*back == run);
}

void TestRunRecord::commandsComeBack()
{
    QList<CommandReport> commands { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4),
                                    command(1, u"insert"_s, CommandStatus::Failed, 0, 12.0),
                                    command(2, u"sql"_s, CommandStatus::Skipped, 0, 0) };
    commands[1].error = foreignKeyError();
    const auto back = commandsFromJson(commandsToJson(commands, false), nullptr);
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    QVERIFY(*back == commands);
    QVERIFY(!commandsFromJson("[{}]", nullptr).ok());
}

void TestRunRecord::shortCommandsNeedTheirBatch()
{
    Batch batch;
    QList<CommandReport> commands;
    for (int i = 0; i < 3; ++i) {
        batch.commands.append(std::make_shared<DeleteRow>(u"shop"_s, TableName { u"main"_s, u"t"_s },
                                                          NamedValues { { u"id"_s, number(i) } }));
        commands.append(command(i, u"delete"_s, CommandStatus::Ok, i, 0.125));
        commands.last().description = batch.commands.last()->describe();
    }
    commands[2].status = CommandStatus::Failed;
    commands[2].error = foreignKeyError();
    const QByteArray json = commandsToJson(commands, true);
    QVERIFY(json.size() < commandsToJson(commands, false).size());
    QVERIFY(!json.contains("delete"));
    const auto back = commandsFromJson(json, &batch);
    QVERIFY2(back.ok(), back.ok() ? "" : qPrintable(back.error().text()));
    QVERIFY(*back == commands);
    QVERIFY(!commandsFromJson(json, nullptr).ok());
    batch.commands.removeLast();
    QVERIFY(!commandsFromJson(json, &batch).ok());
    QVERIFY(!commandsFromJson(R"([["done", 1, 2]])", &batch).ok());

    // A program's own command cannot be read back from its batch.
    commands[0].operation = u"reindex"_s;
    QCOMPARE(commandsToJson(commands, true), commandsToJson(commands, false));
}

QTEST_APPLESS_MAIN(TestRunRecord)
#include "tst_runrecord.moc"
