// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/effectstablemodel.h"

#include "models/driftmodel.h"
#include "models/notesmodel.h"
#include "models/roles.h"
#include "modeltext.h"
#include "support/effectsrows.h"

#include <QAbstractItemModelTester>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

QList<TargetEffects> twoTargets()
{
    TableEffects orders
        = tableEffects(u"orders"_s, { u"id"_s }, { 0 },
                       { insertedRow({ number(1) }), deletedRow({ number(2) }), deletedRow({ number(3) }) });
    TableEffects sequence
        = tableEffects(u"sqlite_sequence"_s, { u"name"_s }, {}, { updatedRow({ number(1) }, { number(2) }) });
    sequence.internal = true;
    TargetEffects shop = shopEffects({ orders, sequence });
    shop.schemaChanges.append({ u"create"_s, u"index main.by_name"_s, {}, u"CREATE INDEX by_name ON orders(name)"_s });
    TableEffects hidden;
    hidden.name = { u"audit"_s, u"log"_s };
    hidden.inserted = 1200;
    hidden.complete = false;
    hidden.incompleteReason = u"the counters say +1200, no row is visible to you"_s;
    TargetEffects billing;
    billing.target = u"billing"_s;
    billing.engine = EngineKind::PostgreSQL;
    billing.tables = { hidden };
    billing.cautions.append(
        { u"sequence-advanced"_s, u"The sequence invoices_id_seq advanced; a rollback keeps it."_s });
    return { shop, billing };
}

} // namespace

class TestEffectsModels : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void tablesWithTheirCounts()
    {
        EffectsTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setEffects(twoTargets());
        COMPARE_TEXT(
            modelText(model),
            u"Target | Table | Inserts | Updates | Deletes | Note\n"
            "shop | orders | +1 |  | −2 | \n"
            "shop | sqlite_sequence |  | ~1 |  | kept by the engine for itself\n"
            "billing | audit.log | +1,200 |  |  | Incomplete: the counters say +1200, no row is visible to you"_s);
        QCOMPARE(model.table(1).name.table, u"sqlite_sequence"_s);
        QCOMPARE(model.target(2).target, u"billing"_s);
        QCOMPARE(model.index(0, EffectsTableModel::DeletedColumn).data(SortRole).toLongLong(), 2);
        model.setEffects({});
        QCOMPARE(model.rowCount(), 0);
    }

    void notesMostSeriousFirst()
    {
        NotesModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setEffects(twoTargets());
        COMPARE_TEXT(modelText(model),
                     u"Note | Target | What\n"
                     "Incomplete | billing | audit.log: the counters say +1200, no row is visible to you\n"
                     "Caution | billing | The sequence invoices_id_seq advanced; a rollback keeps it.\n"
                     "Schema | shop | create index main.by_name"_s);
        QVERIFY(model.index(2, 0).data(Qt::ToolTipRole).toString().contains("CREATE INDEX"_L1));
    }

    void driftShowsOnlyTheColumnsThatDiffer()
    {
        DriftModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        DriftRow changed { u"shop"_s,
                           { u"main"_s, u"orders"_s },
                           { u"id"_s, u"total"_s },
                           { { u"id"_s, number(1) } },
                           updatedRow({ number(1), number(5) }, { number(1), number(6) }),
                           updatedRow({ number(1), number(7) }, { number(1), number(6) }),
                           {} };
        DriftRow fresh { u"shop"_s,
                         { u"main"_s, u"orders"_s },
                         { u"id"_s, u"total"_s },
                         { { u"id"_s, number(2) } },
                         {},
                         deletedRow({ number(2), Value() }),
                         {} };
        DriftRow schema { u"shop"_s, {}, {}, {}, {}, {}, u"create index main.by_name"_s };
        model.setDrift({ changed, fresh, schema });
        COMPARE_TEXT(
            modelText(model),
            u"Target | Table | Key | What differs | Preview: before | Preview: after | Now: before | Now: after\n"
            "shop | orders | id = 1 | total | 5 | 6 | 7 | 6\n"
            "shop | orders | id = 2 | id | no row | no row | 2 | no row\n"
            "shop | orders | id = 2 | total | no row | no row | NULL | no row\n"
            "shop |  |  | create index main.by_name | no row | no row | no row | no row"_s);
        const auto isMarked = [&](int row, int column) {
            return model.index(row, column).data(CellStateRole).value<CellState>() == CellState::Changed;
        };
        QVERIFY(isMarked(0, DriftModel::NowBeforeColumn) && !isMarked(0, DriftModel::NowAfterColumn));
        QVERIFY(isMarked(2, DriftModel::NowBeforeColumn)); // NULL is not the same as no row
        for (int row = 0; row < model.rowCount(); ++row)
            QVERIFY(!isMarked(row, DriftModel::PreviewBeforeColumn) && !isMarked(row, DriftModel::PreviewAfterColumn));
    }
};

QTEST_GUILESS_MAIN(TestEffectsModels)
#include "tst_effectsmodels.moc"
