// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/updaterow.h"
#include "differential/postgreseffects.h"
#include "differential/postgresrandom.h"
#include "differential/postgrestypes.h"
#include "execution/workbench.h"
#include "support/testdatabase.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using namespace holdpoint::differential;

/// Values of every type through row commands that expect them, and through undo.
class TestPostgresValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void roundTrip_data();
    void roundTrip();

private:
    QTemporaryDir m_folder;
};

namespace {

const TableName table { u"public"_s, u"typed"_s };

/// Two rows of it: as many as the type has values, in turn.
NamedValues rowOf(const RandomType& type, qsizetype number)
{
    const auto text = [&](qsizetype n) { return type.values.at(n % type.values.size()); };
    return { { u"value"_s, Value::text(text(number)) }, { u"other"_s, Value::text(text(number + 1)) } };
}

Batch batchOf(const TestPostgres& database, const QList<StoreCommandPtr>& commands)
{
    Batch batch;
    batch.title = u"values"_s;
    batch.targets = { { u"db"_s, EngineKind::PostgreSQL, database.uri(), Environment::Development, false } };
    batch.commands = commands;
    return batch;
}

NamedValues key(qsizetype number)
{
    return { { u"id"_s, Value::integer(number) } };
}

/// What the row holds now, as the server prints it.
NamedValues heldBy(const Dump& dump, qsizetype number)
{
    const auto row = std::ranges::find_if(
        dump.rows, [&](const DumpRow& each) { return each.values.value(u"id"_s) == QString::number(number); });
    if (row == dump.rows.end())
        return {};
    return { { u"value"_s, Value::text(row->values.value(u"value"_s)) },
             { u"other"_s, Value::text(row->values.value(u"other"_s)) } };
}

QString why(const Result<Run>& run)
{
    return !run ? run.error().text() : run->failure ? run->failure->error.text() : outcomeName(run->outcome);
}

} // namespace

void TestPostgresValues::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    if (Psql::program().isEmpty())
        QSKIP("no psql");
}

void TestPostgresValues::roundTrip_data()
{
    QTest::addColumn<qsizetype>("first");
    constexpr qsizetype types = 10; // on one database
    for (qsizetype first = 0; first < randomTypes().size(); first += types)
        QTest::newRow(qPrintable(randomTypes().at(first).name + u" and on"_s)) << first;
}

void TestPostgresValues::roundTrip()
{
    QFETCH(qsizetype, first);
    const TestPostgres database(typesSql);
    const Psql psql(database.uri());
    const auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(first))).takeResult().value();
    Workbench workbench(journal, nullptr);
    const QList<RandomType> types = randomTypes().mid(first, 10);
    for (const RandomType& type : types) {
        const QByteArray sqlType = type.name.toUtf8();
        database.exec("DROP TABLE IF EXISTS typed; CREATE TABLE typed (id int PRIMARY KEY, value " + sqlType
                      + ", other " + sqlType + ", copies " + sqlType + "[])");
        const auto apply = [&](const QList<StoreCommandPtr>& commands) {
            return workbench.apply(batchOf(database, commands), {}, {}).takeResult();
        };
        QList<StoreCommandPtr> inserts;
        QList<StoreCommandPtr> changes;
        const qsizetype rows = type.values.size();
        for (qsizetype row = 0; row < rows; ++row)
            inserts.append(std::make_shared<InsertRow>(u"db"_s, table, key(row) + rowOf(type, row)));
        const auto inserted = apply(inserts);
        QVERIFY2(inserted && inserted->outcome == Outcome::Committed, sqlType + ": " + why(inserted).toUtf8());
        if (!type.name.endsWith("[]"_L1))
            database.exec("UPDATE typed SET copies = ARRAY[value, NULL, other]");
        const Dump filled = psql.dump();
        for (qsizetype row = 0; row < rows; ++row) {
            const NamedValues held = heldBy(filled, row);
            if (row % 2 == 0)
                changes.append(std::make_shared<DeleteRow>(u"db"_s, table, key(row), held));
            else
                changes.append(std::make_shared<UpdateRow>(u"db"_s, table, key(row), rowOf(type, row + 1), held));
        }
        const auto changed = apply(changes);
        QVERIFY2(changed && changed->outcome == Outcome::Committed, sqlType + ": " + why(changed).toUtf8());
        const Dump after = psql.dump();
        const QStringList faults = faultsOf(*changed) + differences(filled, effectRows(*changed), after);
        QVERIFY2(faults.isEmpty(), sqlType + ": " + faults.join(u'\n').toUtf8());
        const auto undone = workbench.undo(changed->id, true, {}).takeResult();
        QVERIFY2(undone && undone->outcome == Outcome::Committed, sqlType + ": " + why(undone).toUtf8());
        QCOMPARE(psql.dump().sortedRows(), filled.sortedRows());
        const auto redone = workbench.undo(undone->id, true, {}).takeResult();
        QVERIFY2(redone && redone->outcome == Outcome::Committed, sqlType + ": " + why(redone).toUtf8());
        QCOMPARE(psql.dump().sortedRows(), after.sortedRows());
    }
}

QTEST_GUILESS_MAIN(TestPostgresValues)
#include "tst_postgresvalues.moc"
