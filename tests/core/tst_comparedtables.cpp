// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/comparedtables.h"

#include "command/runsql.h"
#include "effects/drift.h"
#include "support/effectsrows.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

/// What SQLite keeps for itself is shown, and compared only where a command wrote it.
class TestComparedTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void leavesOut_data();
    void leavesOut();
    void countersAndStatisticsAreNoDrift();
    void aCounterThatACommandSets();
};

namespace {

constexpr auto counted = "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a); CREATE INDEX i ON t(a);"
                         "INSERT INTO t VALUES (3, 1)";

Batch batchOf(const TestSqlite& file, const QStringList& statements)
{
    Batch batch;
    batch.title = u"Counters"_s;
    batch.targets = { { .name = u"t"_s, .engine = EngineKind::SQLite, .address = file.path() } };
    for (const QString& text : statements)
        batch.commands.append(std::make_shared<RunSql>(u"t"_s, text));
    return batch;
}

} // namespace

void TestComparedTables::leavesOut_data()
{
    QTest::addColumn<QString>("table");
    QTest::addColumn<bool>("internal");
    QTest::addColumn<Origin>("origin");
    QTest::addColumn<bool>("compared");
    QTest::newRow("an index block") << u"notes_data"_s << true << Origin::Indirect << false;
    QTest::newRow("an index block of an R-Tree") << u"places_node"_s << true << Origin::Indirect << false;
    QTest::newRow("a table of the operator's") << u"notes_data"_s << false << Origin::Indirect << true;
    QTest::newRow("content of a document") << u"notes_content"_s << true << Origin::Indirect << true;
    QTest::newRow("statistics") << u"sqlite_stat1"_s << true << Origin::Indirect << false;
    QTest::newRow("a counter that moved on") << u"sqlite_sequence"_s << true << Origin::Indirect << false;
    QTest::newRow("a counter that a command set") << u"sqlite_sequence"_s << true << Origin::Direct << true;
}

void TestComparedTables::leavesOut()
{
    QFETCH(QString, table);
    QFETCH(bool, internal);
    QFETCH(Origin, origin);
    QFETCH(bool, compared);
    const auto changed = [&](qint64 from, qint64 to) {
        RowChange row = updatedRow({ number(1), number(from) }, { number(1), number(to) });
        row.origin = origin;
        TableEffects effects = tableEffects(table, { u"id"_s, u"total"_s }, { 0 }, { row });
        effects.internal = internal;
        return QList { shopEffects({ effects }) };
    };
    QCOMPARE(isCompared(changed(3, 4).first().tables.first()), compared);
    QCOMPARE(!compareEffects(changed(3, 4), changed(4, 5)).isEmpty(), compared);
    QCOMPARE(digest(changed(3, 4)) != digest(changed(4, 5)), compared);
}

void TestComparedTables::countersAndStatisticsAreNoDrift()
{
    const TestSqlite file(counted);
    const Batch batch = batchOf(file, { u"INSERT INTO t VALUES (9, 1)"_s, u"ANALYZE"_s });
    const TestWorkbench bench;
    const auto preview = bench->preview(batch, {}).takeResult();
    QVERIFY(preview.ok() && preview->outcome == Outcome::Ready);
    QCOMPARE(preview->effects.first().cautions.value(0).code, u"statistics-changed"_s);
    file.exec("INSERT INTO t(a) VALUES (2)");
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QCOMPARE(outcomeName(applied->outcome), u"committed"_s);
}

void TestComparedTables::aCounterThatACommandSets()
{
    const TestSqlite file(counted);
    const Batch batch = batchOf(file, { u"UPDATE sqlite_sequence SET seq = 20"_s });
    const TestWorkbench bench;
    const auto preview = bench->preview(batch, {}).takeResult();
    QVERIFY(preview.ok() && preview->outcome == Outcome::Ready);
    file.exec("INSERT INTO t(a) VALUES (2)");
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QCOMPARE(outcomeName(applied->outcome), u"rolled-back"_s);
    QCOMPARE(applied->cause, u"drift"_s);
}

QTEST_GUILESS_MAIN(TestComparedTables)
#include "tst_comparedtables.moc"
