// SPDX-License-Identifier: GPL-3.0-or-later
#include "gridedits.h"

#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/updaterow.h"
#include "draft.h"
#include "modeltext.h"
#include "support/effectsrows.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

const Target Shop { u"shop"_s, EngineKind::SQLite, u"/tmp/shop.db"_s, Environment::Development, false };

Table customers(bool hasKey)
{
    Table table;
    table.schema = u"main"_s;
    table.name = u"customers"_s;
    const auto add = [&](const QString& name, const QString& type) -> Column& {
        Column column;
        column.name = name;
        column.type = type;
        return table.columns.emplaceBack(column);
    };
    add(u"id"_s, u"INTEGER"_s).keyPosition = hasKey ? 1 : 0;
    add(u"name"_s, u"TEXT"_s);
    add(u"notes"_s, u"json"_s).comparable = false;
    add(u"photo"_s, u"BLOB"_s);
    return table;
}

GridRow ada(bool hasKey = true)
{
    return { Shop, customers(hasKey), { number(1), words("Ada"), words("{}"), Value::blob("x"_ba) }, {} };
}

const NamedValues KeyOfAda { { u"id"_s, number(1) } };

template <typename C> const C& commandAt(const Draft& draft, int index)
{
    const auto* command = dynamic_cast<const C*>(draft.batch().commands.at(index).get());
    if (!command)
        qFatal("command %d is of another kind", index);
    return *command;
}

} // namespace

class TestGridEdits : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void aChangedCellIsAnUpdateThatExpectsWhatWasShown()
    {
        Draft draft;
        QVERIFY(editCell(draft, ada(), 1, words("Eve")).ok());
        const auto& update = commandAt<UpdateRow>(draft, 0);
        QCOMPARE(update.target(), u"shop"_s);
        QCOMPARE(update.table(), TableName({ u"main"_s, u"customers"_s }));
        QCOMPARE(update.key(), KeyOfAda);
        QCOMPARE(update.set(), NamedValues({ { u"name"_s, words("Eve") } }));
        QCOMPARE(update.expect(), NamedValues({ { u"name"_s, words("Ada") } }));
    }

    void whatCannotBeComparedIsNotExpected()
    {
        Draft draft;
        QVERIFY(editCell(draft, ada(), 2, words("[]")).ok());
        QCOMPARE(commandAt<UpdateRow>(draft, 0).expect(), NamedValues());
    }

    void editsOfOneRowThatFollowEachOtherAreOneCommand()
    {
        Draft draft;
        QVERIFY(editCell(draft, ada(), 1, words("Eve")).ok());
        GridRow shown = ada();
        shown.row[1] = words("Eve");
        QVERIFY(editCell(draft, shown, 1, words("Eva")).ok());
        QVERIFY(editCell(draft, shown, 3, Value()).ok());
        QCOMPARE(draft.batch().commands.size(), 1);
        const auto& update = commandAt<UpdateRow>(draft, 0);
        QCOMPARE(update.set(), NamedValues({ { u"name"_s, words("Eva") }, { u"photo"_s, Value() } }));
        QCOMPARE(update.expect(), NamedValues({ { u"name"_s, words("Ada") }, { u"photo"_s, Value::blob("x"_ba) } }));
    }

    void aCellSetBackLeavesNoCommand()
    {
        Draft draft;
        QVERIFY(editCell(draft, ada(), 1, words("Eve")).ok());
        GridRow shown = ada();
        shown.row[1] = words("Eve");
        QVERIFY(editCell(draft, shown, 1, words("Ada")).ok());
        QVERIFY(draft.batch().commands.isEmpty());
        QVERIFY(draft.batch().targets.isEmpty());
    }

    void anotherRowIsAnotherCommand()
    {
        Draft draft;
        QVERIFY(editCell(draft, ada(), 1, words("Eve")).ok());
        GridRow bob = ada();
        bob.row[0] = number(2);
        QVERIFY(editCell(draft, bob, 1, words("Rob")).ok());
        QVERIFY(editCell(draft, ada(), 1, words("Amy")).ok());
        QCOMPARE(draft.batch().commands.size(), 3);
    }

    void withoutAKeyTheWholeRowNamesIt()
    {
        Draft draft;
        QVERIFY(editCell(draft, ada(false), 1, words("Eve")).ok());
        const auto& update = commandAt<UpdateRow>(draft, 0);
        QCOMPARE(
            update.key(),
            NamedValues({ { u"id"_s, number(1) }, { u"name"_s, words("Ada") }, { u"photo"_s, Value::blob("x"_ba) } }));
        QCOMPARE(update.expect(), NamedValues());
    }

    void aNewRowIsFilledInItsOwnCommand()
    {
        Draft draft;
        QVERIFY(insertRow(draft, Shop, customers(true)).ok());
        const GridRow fresh { Shop, customers(true), { Value(), Value(), Value(), Value() }, 0 };
        QVERIFY(editCell(draft, fresh, 1, words("Cid")).ok());
        QVERIFY(editCell(draft, fresh, 1, words("Cyd")).ok());
        QCOMPARE(draft.batch().commands.size(), 1);
        QCOMPARE(commandAt<InsertRow>(draft, 0).values(), NamedValues({ { u"name"_s, words("Cyd") } }));
        QVERIFY(deleteRow(draft, fresh).ok());
        QVERIFY(draft.batch().commands.isEmpty());
    }

    void aDeletedRowIsExpectedAsItWasShown()
    {
        Draft draft;
        QVERIFY(deleteRow(draft, ada()).ok());
        const auto& remove = commandAt<DeleteRow>(draft, 0);
        QCOMPARE(remove.key(), KeyOfAda);
        QCOMPARE(remove.expect(), NamedValues({ { u"name"_s, words("Ada") } }));
    }
};

QTEST_GUILESS_MAIN(TestGridEdits)
#include "tst_gridedits.moc"
