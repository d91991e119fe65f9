// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rowchangesmodel.h"

#include "models/roles.h"
#include "models/valueproxies.h"
#include "modeltext.h"
#include "support/effectsrows.h"

#include <QAbstractItemModelTester>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

TableEffects orders()
{
    RowChange update = updatedRow({ number(1), words("Ada"), number(5) }, { number(1), words("Ada"), number(6) });
    update.command = 0;
    RowChange indirect = deletedRow({ number(2), words("Bob"), Value() });
    indirect.origin = Origin::Indirect;
    RowChange insert = insertedRow({ number(10), words("Cid"), number(7) });
    insert.command = 3;
    return tableEffects(u"orders"_s, { u"id"_s, u"name"_s, u"total"_s }, { 0 }, { update, indirect, insert });
}

CellState stateAt(const QAbstractItemModel& model, int row, int column)
{
    return model.index(row, column).data(CellStateRole).value<CellState>();
}

} // namespace

class TestRowChangesModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void showsRowsBeforeAndAfter()
    {
        RowChangesModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(orders());
        COMPARE_TEXT(modelText(model),
                     u"Change | Origin | By | id (key) | name | total\n"
                     "Update | direct | no. 1 | 1 | Ada | 5 → 6\n"
                     "Delete | indirect | unknown | 2 | Bob | NULL\n"
                     "Insert | direct | no. 4 | 10 | Cid | 7"_s);
    }

    void marksEveryCellByItsState()
    {
        RowChangesModel model;
        model.setTable(orders());
        QCOMPARE(stateAt(model, 0, 4), CellState::Plain);
        QCOMPARE(stateAt(model, 0, 5), CellState::Changed);
        QCOMPARE(stateAt(model, 1, 4), CellState::Deleted);
        QCOMPARE(stateAt(model, 2, 4), CellState::Inserted);
        QCOMPARE(model.index(0, 5).data(Qt::AccessibleTextRole).toString(), u"5 changed to 6"_s);
        QCOMPARE(model.index(0, 5).data(BeforeRole).value<Value>(), number(5));
        QCOMPARE(model.index(0, 5).data(AfterRole).value<Value>(), number(6));
        QCOMPARE(model.index(1, 0).data(ChangeRole).value<ChangeKind>(), ChangeKind::Delete);
    }

    void aVolatileCellIsNotAChangeLikeTheOthers()
    {
        RowChangesModel model;
        const RowChange row = withVolatile(updatedRow({ number(1), number(5) }, { number(1), number(6) }), { 1 });
        model.setTable(tableEffects(u"t"_s, { u"id"_s, u"at"_s }, { 0 }, { row }));
        QCOMPARE(stateAt(model, 0, 4), CellState::Volatile);
        QVERIFY(model.index(0, 4).data(Qt::ToolTipRole).toString().contains("differs at every run"_L1));
    }

    void theProxyHidesColumnsInWhichNothingChanges()
    {
        RowChangesModel model;
        RowChangesProxy proxy(model);
        QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const RowChange row
            = updatedRow({ number(1), words("Ada"), number(5) }, { number(1), words("Ada"), number(6) });
        model.setTable(tableEffects(u"orders"_s, { u"id"_s, u"name"_s, u"total"_s }, { 0 }, { row }));
        proxy.setChangedColumnsOnly(true);
        COMPARE_TEXT(modelText(proxy),
                     u"Change | Origin | By | id (key) | total\nUpdate | direct | unknown | 1 | 5 → 6"_s);
        proxy.setChangedColumnsOnly(false);
        QCOMPARE(proxy.columnCount(), 6);
        model.setTable(orders());
        proxy.setChangedColumnsOnly(true);
        QCOMPARE(proxy.columnCount(), 6);
    }

    void theProxySortsByValueAndNotByText()
    {
        RowChangesModel model;
        RowChangesProxy proxy(model);
        QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(orders());
        proxy.sort(RowChangesModel::FirstValueColumn, Qt::DescendingOrder);
        QStringList keys;
        for (int row = 0; row < proxy.rowCount(); ++row)
            keys += proxy.index(row, RowChangesModel::FirstValueColumn).data().toString();
        QCOMPARE(keys, QStringList({ u"10"_s, u"2"_s, u"1"_s }));
    }

    void aTableWithoutRowsIsEmpty()
    {
        RowChangesModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTable(orders());
        model.clear();
        QCOMPARE(modelText(model), u"Change | Origin | By"_s);
    }
};

QTEST_GUILESS_MAIN(TestRowChangesModel)
#include "tst_rowchangesmodel.moc"
