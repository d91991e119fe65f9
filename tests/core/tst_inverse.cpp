// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/inverse.h"

#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "support/effectsrows.h"
#include "support/engines.h"
#include "support/inversecases.h"
#include "support/observed.h"
#include "support/plaincontext.h"

#include <span>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

void addCase(EngineKind engine, const Case& each)
{
    QTest::addRow("%s: %s", qPrintable(engineName(engine)), each.name)
        << engine << QByteArray(each.setUp) << QByteArray(each.change);
}

std::unique_ptr<Connection> connectTo(const TestDatabase& database, bool suppressTriggers = false)
{
    ConnectionOptions options;
    options.suppressTriggers = suppressTriggers;
    return openConnection(database.target(u"shop"_s), options, nullptr).value();
}

/// Changes the database and makes the inverse of what was changed.
Result<Batch> changeAndInvert(const TestDatabase& database, const QByteArray& sql)
{
    const auto connection = connectTo(database);
    const Observed before = observe(*connection);
    database.exec(sql);
    const Observed after = observe(*connection);
    const TargetEffects effects = difference(database.target(u"shop"_s), before, after);
    if (effects.tables.isEmpty())
        qFatal("the change changes nothing");
    return inverseBatch(u"Refund"_s, { effects }, { database.target(u"shop"_s) }, { { u"shop"_s, after.tables } });
}

/// Rows only: a sequence is not put back.
QString rowsOf(const TestDatabase& database)
{
    const Observed seen = observe(*connectTo(database));
    QString text;
    for (auto table = seen.rows.begin(); table != seen.rows.end(); ++table) {
        text += table.key() + u'\n';
        for (const Row& row : table.value()) {
            for (const Value& value : row)
                text += u"%1:%2 "_s.arg(int(value.kind())).arg(value.display());
            text += u'\n';
        }
    }
    return text;
}

QString describe(const Batch& batch)
{
    QStringList lines;
    for (const StoreCommandPtr& command : batch.commands)
        lines.append(command->describe());
    return lines.join(u'\n');
}

Table described(const QString& name, const QStringList& columns, const QStringList& key)
{
    Table table;
    table.schema = u"main"_s;
    table.name = name;
    for (const QString& column : columns) {
        Column described;
        described.name = column;
        described.keyPosition = static_cast<int>(key.indexOf(column)) + 1;
        table.columns.append(described);
    }
    return table;
}

ForeignKey reference(const QString& column, const QString& table)
{
    ForeignKey key;
    key.columns = { column };
    key.referencedTable = table;
    key.referencedColumns = { u"id"_s };
    return key;
}

} // namespace

Q_DECLARE_METATYPE(std::function<void(TargetEffects&)>)

class TestInverse : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void restores_data() { addCases(false); }
    void restores();
    void restoresWithoutTriggers_data() { addCases(true); }
    void restoresWithoutTriggers();
    void guards_data();
    void guards();
    void commandsAndTheirOrder();
    void refuses_data();
    void refuses();
    void refusesACircle_data();
    void refusesACircle();
    void leavesSequencesAlone();
    void unknownTarget();
    void severalTargets();
    void sharesTextsOfManyRows();

private:
    static void addCases(bool onlyReferences);
};

void TestInverse::addCases(bool onlyReferences)
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QByteArray>("change");
    const auto add = [onlyReferences](EngineKind engine, std::span<const Case> cases) {
        for (const Case& each : cases) {
            if (!onlyReferences || QByteArrayView(each.setUp).contains("REFERENCES"))
                addCase(engine, each);
        }
    };
    add(EngineKind::SQLite, common);
    add(EngineKind::SQLite, sqliteOnly);
    if (!TestPostgres::available()) {
        qInfo("PostgreSQL is left out: %s", TestPostgres::whyNot());
        return;
    }
    add(EngineKind::PostgreSQL, common);
    add(EngineKind::PostgreSQL, postgresOnly);
}

void TestInverse::restores()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, setUp);
    QFETCH(QByteArray, change);
    const TestDatabase database(engine, setUp);
    const QString before = rowsOf(database);
    const auto inverse = changeAndInvert(database, change);
    QVERIFY2(inverse.ok(), inverse.ok() ? "" : qPrintable(inverse.error().text()));
    QVERIFY(rowsOf(database) != before);
    const auto connection = connectTo(database);
    const auto done = PlainContext(*connection).run(inverse->commands);
    QVERIFY2(done.ok(), qPrintable(done.ok() ? QString() : done.error().text() + u"\n\n"_s + describe(*inverse)));
    QCOMPARE(rowsOf(database), before);
}

// As undo runs it where it may: foreign key actions do not do their part.
void TestInverse::restoresWithoutTriggers()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, setUp);
    QFETCH(QByteArray, change);
    const TestDatabase database(engine, setUp);
    const QString before = rowsOf(database);
    const auto inverse = changeAndInvert(database, change);
    QVERIFY2(inverse.ok(), inverse.ok() ? "" : qPrintable(inverse.error().text()));
    const auto connection = connectTo(database, true);
    const auto done = PlainContext(*connection).run(inverse->commands);
    QVERIFY2(done.ok(), qPrintable(done.ok() ? QString() : done.error().text() + u"\n\n"_s + describe(*inverse)));
    QCOMPARE(rowsOf(database), before);
}

void TestInverse::guards_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<QByteArray>("meanwhile");
    QList<EngineKind> engines { EngineKind::SQLite };
    if (TestPostgres::available())
        engines.append(EngineKind::PostgreSQL);
    for (const EngineKind engine : engines) {
        const auto add = [engine](const char* name, const char* change, const char* meanwhile) {
            QTest::addRow("%s: %s", qPrintable(engineName(engine)), name)
                << engine << QByteArray(change) << QByteArray(meanwhile);
        };
        add("updated row changed again", "UPDATE t SET a = 7 WHERE id = 1", "UPDATE t SET a = 8 WHERE id = 1");
        add("another column of it changed", "UPDATE t SET a = 7 WHERE id = 1", "UPDATE t SET b = 8 WHERE id = 1");
        add("to NULL", "UPDATE t SET a = 7 WHERE id = 1", "UPDATE t SET b = NULL WHERE id = 1");
        add("updated row gone", "UPDATE t SET a = 7 WHERE id = 1", "DELETE FROM t WHERE id = 1");
        add("inserted row changed", "INSERT INTO t VALUES (9, 1, 1)", "UPDATE t SET b = 2 WHERE id = 9");
        add("inserted row gone", "INSERT INTO t VALUES (9, 1, 1)", "DELETE FROM t WHERE id = 9");
        add("deleted row there again", "DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (1, 3, 3)");
        add("row without key changed", "UPDATE k SET b = 7", "UPDATE k SET a = 8");
        add("inserted row without key gone", "INSERT INTO k VALUES (5, 5)", "DELETE FROM k WHERE a = 5");
    }
}

void TestInverse::guards()
{
    QFETCH(EngineKind, engine);
    QFETCH(QByteArray, change);
    QFETCH(QByteArray, meanwhile);
    const TestDatabase database(
        engine,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER); INSERT INTO t VALUES (1, 1, 1);"
        "CREATE TABLE k(a INTEGER, b INTEGER); INSERT INTO k VALUES (1, 1);");
    const auto inverse = changeAndInvert(database, change);
    QVERIFY(inverse.ok());
    database.exec(meanwhile);
    const QString before = rowsOf(database);
    const auto connection = connectTo(database);
    const auto done = PlainContext(*connection).run(inverse->commands);
    QVERIFY(!done.ok());
    QCOMPARE(rowsOf(database), before);
}

void TestInverse::commandsAndTheirOrder()
{
    // The child's table comes first by its name.
    TargetEffects effects = shopEffects(
        { tableEffects(u"a_child"_s, { u"id"_s, u"p"_s, u"v"_s }, { 0 },
                       { insertedRow({ number(1), number(2), words("n") }),
                         updatedRow({ number(2), number(1), words("o") }, { number(2), number(2), words("o") }),
                         deletedRow({ number(3), number(1), Value() }) }),
          tableEffects(u"p"_s, { u"id"_s }, { 0 }, { deletedRow({ number(1) }), insertedRow({ number(2) }) }) });
    Table child = described(u"a_child"_s, { u"id"_s, u"p"_s, u"v"_s }, { u"id"_s });
    child.foreignKeys = { reference(u"p"_s, u"p"_s) };
    const Target shop { u"shop"_s, EngineKind::SQLite, u"/shop.db"_s, Environment::Development, false };
    const auto inverse = inverseBatch(u"Refund"_s, { effects }, { shop },
                                      { { u"shop"_s, { child, described(u"p"_s, { u"id"_s }, { u"id"_s }) } } });
    QVERIFY(inverse.ok());
    const TableName childName { u"main"_s, u"a_child"_s };
    const TableName parentName { u"main"_s, u"p"_s };
    const NamedValue one { u"id"_s, number(1) };
    const NamedValue two { u"id"_s, number(2) };
    Batch expected;
    expected.title = u"Undo of Refund"_s;
    expected.targets = { shop };
    expected.commands = {
        std::make_shared<DeleteRow>(u"shop"_s, childName, NamedValues { one },
                                    NamedValues { { u"p"_s, number(2) }, { u"v"_s, words("n") } }),
        std::make_shared<InsertRow>(u"shop"_s, parentName, NamedValues { one }),
        std::make_shared<UpdateRow>(u"shop"_s, childName, NamedValues { two }, NamedValues { { u"p"_s, number(1) } },
                                    NamedValues { { u"p"_s, number(2) }, { u"v"_s, words("o") } }),
        std::make_shared<DeleteRow>(u"shop"_s, parentName, NamedValues { two }),
        std::make_shared<InsertRow>(u"shop"_s, childName,
                                    NamedValues { { u"id"_s, number(3) }, { u"p"_s, number(1) }, { u"v"_s, Value() } }),
    };
    QVERIFY2(*inverse == expected, qPrintable(describe(*inverse)));
}

void TestInverse::refuses_data()
{
    using Change = std::function<void(TargetEffects&)>;
    QTest::addColumn<Change>("change");
    QTest::addColumn<QString>("expected");
    QTest::newRow("not all rows seen") << Change([](auto& e) {
        e.tables[0].complete = false;
        e.tables[0].incompleteReason = u"2 rows may not be read"_s;
    }) << u"not all changed rows of main.t of shop were seen (2 rows may not be read)"_s;
    QTest::newRow("not all rows kept") << Change([](auto& e) { e.tables[0].inserted = 5; })
                                       << u"not all changed rows of main.t of shop were kept"_s;
    QTest::newRow("schema change") << Change([](auto& e) {
        e.schemaChanges = { { u"drop"_s, u"index main.x"_s, {}, {} } };
    }) << u"drop index main.x of shop"_s;
    QTest::newRow("table gone") << Change([](auto& e) { e.tables[0].name.table = u"gone"_s; })
                                << u"main.gone of shop is not there any more"_s;
    QTest::newRow("column gone") << Change([](auto& e) { e.tables[0].columns[1] = u"gone"_s; })
                                 << u"main.t of shop has no column gone any more"_s;
    QTest::newRow("only generated columns")
        << Change([](auto& e) { e.tables[0].generated = { 1 }; }) << u"only generated columns changed"_s;
}

void TestInverse::refuses()
{
    QFETCH(std::function<void(TargetEffects&)>, change);
    QFETCH(QString, expected);
    const Target shop { u"shop"_s, EngineKind::SQLite, u"/shop.db"_s, Environment::Development, false };
    const QMap<QString, QList<Table>> tables { { u"shop"_s, { described(u"t"_s, { u"id"_s, u"v"_s }, { u"id"_s }) } } };
    TargetEffects effects = shopEffects({ tableEffects(
        u"t"_s, { u"id"_s, u"v"_s }, { 0 }, { updatedRow({ number(1), words("a") }, { number(1), words("b") }) }) });
    QVERIFY(inverseBatch(u"Refund"_s, { effects }, { shop }, tables).ok());
    change(effects);
    const auto inverse = inverseBatch(u"Refund"_s, { effects }, { shop }, tables);
    QVERIFY(!inverse.ok());
    QCOMPARE(inverse.error().kind, ErrorKind::Usage);
    QVERIFY2(inverse.error().message.contains(expected), qPrintable(inverse.error().message));
}

void TestInverse::refusesACircle_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QList<RowChange>>("rows");
    QTest::addColumn<bool>("refused");
    const auto row = [](qint64 id, qint64 parent) { return Row { number(id), number(parent) }; };
    const QList<RowChange> swapped { updatedRow(row(1, 0), row(2, 0)), updatedRow(row(2, 9), row(1, 9)) };
    const QList<RowChange> ring { insertedRow(row(1, 2)), insertedRow(row(2, 3)), insertedRow(row(3, 1)) };
    QTest::newRow("exchanged keys") << EngineKind::SQLite << swapped << true;
    QTest::newRow("exchanged keys, PostgreSQL") << EngineKind::PostgreSQL << swapped << true;
    QTest::newRow("rows that refer to each other") << EngineKind::PostgreSQL << ring << true;
    QTest::newRow("SQLite checks them at the end") << EngineKind::SQLite << ring << false;
}

void TestInverse::refusesACircle()
{
    QFETCH(EngineKind, engine);
    QFETCH(QList<RowChange>, rows);
    QFETCH(bool, refused);
    const TargetEffects effects = shopEffects({ tableEffects(u"t"_s, { u"id"_s, u"parent"_s }, { 0 }, rows) }, engine);
    Table table = described(u"t"_s, { u"id"_s, u"parent"_s }, { u"id"_s });
    table.foreignKeys = { reference(u"parent"_s, u"t"_s) };
    const Target shop { u"shop"_s, engine, u"/shop.db"_s, Environment::Development, false };
    const auto inverse = inverseBatch(u"Refund"_s, { effects }, { shop }, { { u"shop"_s, { table } } });
    QCOMPARE(inverse.ok(), !refused);
    if (refused)
        QVERIFY2(inverse.error().message.contains("main.t"_L1), qPrintable(inverse.error().message));
}

void TestInverse::leavesSequencesAlone()
{
    TargetEffects effects
        = shopEffects({ tableEffects(u"sqlite_sequence"_s, { u"name"_s, u"seq"_s }, {},
                                     { updatedRow({ words("t"), number(1) }, { words("t"), number(2) }) }) });
    effects.tables[0].internal = true;
    const Target shop { u"shop"_s, EngineKind::SQLite, u"/shop.db"_s, Environment::Development, false };
    const auto inverse = inverseBatch(u"Refund"_s, { effects }, { shop }, {});
    QVERIFY(inverse.ok());
    QVERIFY(inverse->commands.isEmpty());
}

void TestInverse::unknownTarget()
{
    const auto inverse = inverseBatch(u"Refund"_s, { shopEffects({}) }, {}, {});
    QVERIFY(!inverse.ok());
    QVERIFY(inverse.error().message.contains("shop"_L1));
}

void TestInverse::severalTargets()
{
    TargetEffects shop = shopEffects({ tableEffects(u"t"_s, { u"id"_s }, { 0 }, { insertedRow({ number(1) }) }) });
    TargetEffects billing = shop;
    billing.target = u"billing"_s;
    const QList<Target> targets { { u"billing"_s, EngineKind::SQLite, u"/b.db"_s, Environment::Development, false },
                                  { u"shop"_s, EngineKind::SQLite, u"/s.db"_s, Environment::Development, false } };
    const QList<Table> tables { described(u"t"_s, { u"id"_s }, { u"id"_s }) };
    const auto inverse
        = inverseBatch(u"x"_s, { shop, billing }, targets, { { u"shop"_s, tables }, { u"billing"_s, tables } });
    QVERIFY(inverse.ok());
    QCOMPARE(inverse->targets, QList<Target>({ targets.at(1), targets.at(0) }));
    QCOMPARE(inverse->commands.size(), 2);
    QCOMPARE(inverse->commands.at(0)->target(), u"shop"_s);
    QCOMPARE(inverse->commands.at(1)->target(), u"billing"_s);
}

void TestInverse::sharesTextsOfManyRows()
{
    QList<RowChange> rows;
    for (int i = 0; i < 1000; ++i)
        rows.append(insertedRow({ number(i), words("text") }));
    const TargetEffects effects = shopEffects({ tableEffects(u"t"_s, { u"a"_s, u"b"_s }, {}, rows) });
    const Target shop { u"shop"_s, EngineKind::SQLite, u"/shop.db"_s, Environment::Development, false };
    const auto inverse
        = inverseBatch(u"x"_s, { effects }, { shop }, { { u"shop"_s, { described(u"t"_s, { u"a"_s, u"b"_s }, {}) } } });
    QVERIFY(inverse.ok());
    QCOMPARE(inverse->commands.size(), 1000);
    const auto textAt
        = [&](qsizetype i) { return dynamic_cast<const RunSql&>(*inverse->commands.at(i)).text().constData(); };
    QCOMPARE(textAt(0), textAt(999));
}

QTEST_GUILESS_MAIN(TestInverse)
#include "tst_inverse.moc"
