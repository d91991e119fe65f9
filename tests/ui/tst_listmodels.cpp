// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tablelistmodel.h"

#include "models/roles.h"
#include "models/targetlistmodel.h"
#include "modeltext.h"

#include <QAbstractItemModelTester>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class TestListModels : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void tablesWithKindAndRows()
    {
        TableListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        Table orders;
        orders.schema = u"main"_s;
        orders.name = u"orders"_s;
        orders.estimatedRows = 12000;
        Table view;
        view.schema = u"reports"_s;
        view.name = u"monthly"_s;
        view.kind = TableKind::MaterializedView;
        model.setTables({ orders, view });
        COMPARE_TEXT(modelText(model),
                     u"Table | Kind | Rows\n"
                     "orders | table | ~12,000\n"
                     "reports.monthly | materialized view | ?"_s);
        QCOMPARE(model.index(0, TableListModel::RowsColumn).data(SortRole).toLongLong(), 12000);
    }

    void targetsWithTheirEnvironment()
    {
        TargetListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setTargets(
            { { u"shop"_s, EngineKind::SQLite, u"/tmp/shop.db"_s, Environment::Development, false },
              { u"live"_s, EngineKind::PostgreSQL, u"postgresql://live/shop"_s, Environment::Production, true } });
        QCOMPARE(model.index(0).data().toString(), u"shop (SQLite)"_s);
        QCOMPARE(model.index(1).data().toString(), u"live (PostgreSQL, PRODUCTION, read-only)"_s);
        QCOMPARE(model.index(1).data(EnvironmentRole).value<Environment>(), Environment::Production);
        QCOMPARE(model.rowOf(u"live"_s), 1);
        QCOMPARE(model.rowOf(u"gone"_s), -1);
    }
};

QTEST_GUILESS_MAIN(TestListModels)
#include "tst_listmodels.moc"
