// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/pagemodel.h"

#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/updaterow.h"
#include "modeltext.h"
#include "support/effectsrows.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

const TableName Customers { u"main"_s, u"customers"_s };

Workbench::Page customers(bool hasKey = true)
{
    Column id;
    id.name = u"id"_s;
    id.type = u"INTEGER"_s;
    id.keyPosition = hasKey ? 1 : 0;
    Column name;
    name.name = u"name"_s;
    name.type = u"TEXT"_s;
    Column loud = name;
    loud.name = u"loud"_s;
    loud.generated = true;
    Workbench::Page page;
    page.table.schema = Customers.schema;
    page.table.name = Customers.table;
    page.table.columns = { id, name, loud };
    page.rows.columns = { u"id"_s, u"name"_s, u"loud"_s };
    page.rows.rows = { { number(1), words("Ada"), words("ADA") }, { number(2), Value(), Value() } };
    return page;
}

StoreCommandPtr rename(const NamedValues& key, const Value& name)
{
    return std::make_shared<UpdateRow>(u"shop"_s, Customers, key, NamedValues { { u"name"_s, name } });
}

PageOverlay overlayOfCommands(const Workbench::Page& page, const QList<StoreCommandPtr>& commands)
{
    Batch batch;
    batch.commands = commands;
    return overlayOf(batch, u"shop"_s, page);
}

CellState stateAt(const PageModel& model, int row, int column)
{
    return model.index(row, column).data(CellStateRole).value<CellState>();
}

} // namespace

class TestPageModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void showsAPage()
    {
        PageModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setPage(customers(), EngineKind::SQLite, true);
        COMPARE_TEXT(modelText(model), u"id (key) | name | loud\n1 | Ada | ADA\n2 | NULL | NULL"_s);
        QCOMPARE(model.index(1, 1).data(Qt::EditRole).toString(), QString());
    }

    void onlyWhatCanBeWrittenCanBeEdited()
    {
        PageModel model;
        model.setPage(customers(), EngineKind::SQLite, true);
        QVERIFY(model.index(0, 1).flags().testFlag(Qt::ItemIsEditable));
        QVERIFY(!model.index(0, 2).flags().testFlag(Qt::ItemIsEditable));
        model.setOverlay(overlayOfCommands(
            model.page(),
            { std::make_shared<DeleteRow>(u"shop"_s, Customers, NamedValues { { u"id"_s, number(1) } }) }));
        QVERIFY(!model.index(0, 1).flags().testFlag(Qt::ItemIsEditable));
        model.setPage(customers(), EngineKind::SQLite, false);
        QVERIFY(!model.index(0, 1).flags().testFlag(Qt::ItemIsEditable));
        QVERIFY(!model.setData(model.index(0, 1), u"x"_s, Qt::EditRole));
    }

    void anEditAsksAndChangesNothingHere()
    {
        PageModel model;
        model.setPage(customers(), EngineKind::SQLite, true);
        QSignalSpy asked(&model, &PageModel::cellEditRequested);
        QVERIFY(model.setData(model.index(0, 0), u"7"_s, Qt::EditRole));
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.at(0).at(0).toInt(), 0);
        QCOMPARE(asked.at(0).at(2).value<Value>(), number(7));
        QCOMPARE(model.index(0, 0).data().toString(), u"1"_s);
        QVERIFY(model.setData(model.index(0, 1), u"Ada"_s, Qt::EditRole));
        QCOMPARE(asked.count(), 1);
        QVERIFY(model.setData(model.index(0, 1), QVariant::fromValue(Value()), ValueRole));
        QCOMPARE(asked.at(1).at(2).value<Value>(), Value());
    }

    void laysTheDraftsCommandsOverTheRows()
    {
        PageModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setPage(customers(), EngineKind::SQLite, true);
        const NamedValues first { { u"id"_s, number(1) } };
        const NamedValues second { { u"id"_s, number(2) } };
        const auto fresh
            = std::make_shared<InsertRow>(u"shop"_s, Customers, NamedValues { { u"name"_s, words("Cid") } });
        model.setOverlay(overlayOfCommands(
            model.page(),
            { rename(first, words("Eve")), fresh, std::make_shared<DeleteRow>(u"shop"_s, Customers, second) }));
        COMPARE_TEXT(modelText(model),
                     u"id (key) | name | loud\n1 | Eve | ADA\n2 | NULL | NULL\ndefault | Cid | default"_s);
        QCOMPARE(stateAt(model, 0, 1), CellState::Changed);
        QCOMPARE(stateAt(model, 0, 0), CellState::Plain);
        QCOMPARE(stateAt(model, 1, 0), CellState::Deleted);
        QCOMPARE(stateAt(model, 2, 1), CellState::Inserted);
        QCOMPARE(model.insertedBy(2), std::optional(1));
        QVERIFY(!model.insertedBy(0));
        QVERIFY(model.index(0, 1).data(Qt::ToolTipRole).toString().contains("Ada"_L1));
        model.setOverlay({});
        COMPARE_TEXT(modelText(model), u"id (key) | name | loud\n1 | Ada | ADA\n2 | NULL | NULL"_s);
    }

    void aChangedKeyIsFollowed()
    {
        const Workbench::Page page = customers();
        const auto rekey = std::make_shared<UpdateRow>(u"shop"_s, Customers, NamedValues { { u"id"_s, number(1) } },
                                                       NamedValues { { u"id"_s, number(9) } });
        const PageOverlay overlay = overlayOfCommands(page,
                                                      { rekey, rename({ { u"id"_s, number(9) } }, words("Eve")),
                                                        rename({ { u"id"_s, number(1) } }, words("nobody")) });
        QCOMPARE(overlay.edited.value({ 0, 0 }), number(9));
        QCOMPARE(overlay.edited.value({ 0, 1 }), words("Eve"));
    }

    void otherTablesTargetsAndRowsLeaveThePageAlone()
    {
        const Workbench::Page page = customers();
        const NamedValues key { { u"id"_s, number(1) } };
        const NamedValues set { { u"name"_s, words("x") } };
        const PageOverlay overlay = overlayOfCommands(
            page,
            { std::make_shared<UpdateRow>(u"billing"_s, Customers, key, set),
              std::make_shared<UpdateRow>(u"shop"_s, TableName { u"main"_s, u"orders"_s }, key, set),
              std::make_shared<UpdateRow>(u"shop"_s, TableName { u"aux"_s, u"customers"_s }, key, set),
              rename({ { u"id"_s, number(77) } }, words("x")) });
        QCOMPARE(overlay, PageOverlay());
    }

    void aRowWithoutAKeyIsNamedByAllItsColumns()
    {
        const Workbench::Page page = customers(false);
        QCOMPARE(namingColumns(page.table), QStringList({ u"id"_s, u"name"_s, u"loud"_s }));
        const NamedValues all = namingValues(page.table, page.rows.rows.at(1));
        const PageOverlay overlay = overlayOfCommands(page, { rename(all, words("Bob")) });
        QCOMPARE(overlay.edited.value({ 1, 1 }), words("Bob"));
    }
};

QTEST_GUILESS_MAIN(TestPageModel)
#include "tst_pagemodel.moc"
