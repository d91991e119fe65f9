// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/rowstatements.h"
#include "command/updaterow.h"
#include "support/commandrun.h"
#include "support/namedvalues.h"
#include "support/testtarget.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestRowStatements : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneTextForManyCommands_data() { TestTarget::addEngines(); }
    void oneTextForManyCommands();
    void textsFollowTheTable();
    void namesThatShareTheirBytes();
    void oddNames_data() { TestTarget::addEngines(); }
    void oddNames();
};

namespace {

constexpr auto customers = "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, city TEXT);"
                           "INSERT INTO customers VALUES (1, 'Ada', 'London'), (2, 'Bob', NULL), (3, 'Bob', 'Rome')";

const TableName table { {}, u"customers"_s };

} // namespace

void TestRowStatements::oneTextForManyCommands()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, customers);
    CommandRun run(target.connection());
    QVERIFY(target.connection().begin(TransactionMode::Write));
    QVERIFY(run.run(UpdateRow(u"s"_s, table, { integer("id", 1) }, { text("name", "a") })));
    QVERIFY(run.run(UpdateRow(u"s"_s, table, { integer("id", 2) }, { null("name") })));
    QVERIFY(run.run(UpdateRow(u"s"_s, table, { integer("id", 2) }, { text("city", "a") })));
    QVERIFY(run.run(DeleteRow(u"s"_s, table, { integer("id", 3) })));
    QVERIFY(run.run(UpdateRow(u"s"_s, table, { integer("id", 1) }, { text("name", "b") })));
    const auto& sent = run.statements();
    // One and the same array, not only an equal one.
    QCOMPARE(sent.at(1).text.constData(), sent.at(0).text.constData());
    QCOMPARE(sent.at(4).text.constData(), sent.at(0).text.constData());
    QVERIFY(sent.at(2).text != sent.at(0).text);
    QVERIFY(target.connection().rollback());
}

void TestRowStatements::textsFollowTheTable()
{
    const TestTarget target(EngineKind::SQLite, "CREATE TABLE a(x); CREATE TABLE b(x)");
    CommandRun run(target.connection());
    Table first = *run.table({}, u"a"_s).value();
    const NamedValues values { integer("x", 1) };
    RowStatements statements;
    QCOMPARE(statements.insert(run, first, values)->text, "INSERT INTO \"main\".\"a\" (\"x\") VALUES (?1)"_ba);
    QCOMPARE(statements.insert(run, *run.table({}, u"b"_s).value(), values)->text,
             "INSERT INTO \"main\".\"b\" (\"x\") VALUES (?1)"_ba);
    first.columns[0].generated = true;
    QVERIFY(!statements.insert(run, first, values));
    first.columns[0].generated = false;
    for (int i = 0; i < 40; ++i) {
        first.name = u"t%1"_s.arg(i);
        QCOMPARE(statements.insert(run, first, values)->text,
                 u"INSERT INTO \"main\".\"t%1\" (\"x\") VALUES (?1)"_s.arg(i).toUtf8());
    }
    const auto nullKey = statements.remove(run, first, { null("x") }, {});
    const auto key = statements.remove(run, first, values, { null("x") });
    QCOMPARE(nullKey->text, "DELETE FROM \"main\".\"t39\" WHERE \"x\" IS NULL"_ba);
    QVERIFY(nullKey->parameters.isEmpty());
    QCOMPARE(key->text, "DELETE FROM \"main\".\"t39\" WHERE \"x\" = ?1 AND \"x\" IS ?2 COLLATE BINARY"_ba);
    QCOMPARE(key->parameters.size(), 2);
    const auto later = statements.remove(run, first, { null("x") }, { null("x") });
    QCOMPARE(later->text, "DELETE FROM \"main\".\"t39\" WHERE \"x\" IS NULL AND \"x\" IS ?1 COLLATE BINARY"_ba);
}

void TestRowStatements::namesThatShareTheirBytes()
{
    const TestTarget target(EngineKind::SQLite, "CREATE TABLE a(x, xy)");
    CommandRun run(target.connection());
    const auto read = run.table({}, u"a"_s).value();
    const QString bytes = u"xy"_s;
    const QString shorter = QString::fromRawData(bytes.constData(), 1);
    RowStatements statements;
    QCOMPARE(statements.insert(run, *read, { { bytes, Value::integer(1) } })->text,
             "INSERT INTO \"main\".\"a\" (\"xy\") VALUES (?1)"_ba);
    QCOMPARE(statements.insert(run, *read, { { shorter, Value::integer(1) } })->text,
             "INSERT INTO \"main\".\"a\" (\"x\") VALUES (?1)"_ba);
}

void TestRowStatements::oddNames()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine,
                            R"(CREATE TABLE "we ""ird""; drop"("select" INTEGER, "ä'ö" TEXT, "$1" TEXT, "?1" TEXT))");
    CommandRun run(target.connection());
    const TableName odd { {}, u"we \"ird\"; drop"_s };
    QVERIFY(run.commit(
        InsertRow(u"s"_s, odd, { integer("select", 1), text("ä'ö", "😀"), text("$1", "$1"), text("?1", "?1") })));
    QVERIFY(run.commit(UpdateRow(u"s"_s, odd, { integer("select", 1) }, { text("$1", "?2") }, { text("ä'ö", "😀") })));
    QCOMPARE(target.printed("SELECT * FROM \"we \"\"ird\"\"; drop\""), u"1|😀|?2|?1"_s);
}

QTEST_GUILESS_MAIN(TestRowStatements)
#include "tst_rowstatements.moc"
