// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/drift.h"
#include "effects/volatility.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_Volatility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void marksWhatDiffers();
    void matchesNewRowsWithVolatileKeys();
    void othersChangesAreNotVolatile();
    void anotherNumberOfNewRowsIsNotVolatile();
    void aLaterRunInheritsTheMarks();
    void aRealDifferenceIsNotMasked();
};

namespace {

RowChange inserted(qint64 id, const QString& what, const QString& at)
{
    RowChange row;
    row.change = ChangeKind::Insert;
    row.after = { Value::integer(id), Value::text(what), Value::text(at) };
    return row;
}

RowChange updated(qint64 id, const QString& from, const QString& to, const QString& at)
{
    RowChange row = inserted(id, to, at);
    row.change = ChangeKind::Update;
    row.before = { Value::integer(id), Value::text(from), Value::text(u"then"_s) };
    return row;
}

QList<TargetEffects> effects(const QList<RowChange>& rows)
{
    TableEffects table;
    table.name = { u"public"_s, u"audit"_s };
    table.columns = { u"id"_s, u"what"_s, u"at"_s };
    table.keyColumns = { 0 };
    table.rows = rows;
    for (const RowChange& row : rows)
        (row.change == ChangeKind::Insert ? table.inserted : table.updated) += 1;
    TargetEffects target;
    target.target = u"shop"_s;
    target.tables = { table };
    normalize(target);
    return { target };
}

QList<QList<int>> marks(const QList<TargetEffects>& effects)
{
    QList<QList<int>> result;
    for (const RowChange& row : effects.first().tables.first().rows)
        result.append(row.volatileColumns);
    return result;
}

} // namespace

void tst_Volatility::marksWhatDiffers()
{
    auto first = effects({ updated(1, u"a"_s, u"b"_s, u"12:00"_s), updated(2, u"a"_s, u"b"_s, u"same"_s) });
    auto second = effects({ updated(1, u"a"_s, u"b"_s, u"12:01"_s), updated(2, u"a"_s, u"b"_s, u"same"_s) });
    QVERIFY(digest(first) != digest(second));
    markVolatile(first, second);
    QCOMPARE(marks(first), (QList<QList<int>> { { 2 }, {} }));
    QCOMPARE(marks(second), marks(first));
    QCOMPARE(digest(first), digest(second));
}

void tst_Volatility::matchesNewRowsWithVolatileKeys()
{
    auto first = effects({ inserted(7, u"x"_s, u"t"_s), inserted(8, u"y"_s, u"t"_s) });
    auto second = effects({ inserted(9, u"x"_s, u"t"_s), inserted(10, u"y"_s, u"t"_s) });
    markVolatile(first, second);
    QCOMPARE(marks(first), (QList<QList<int>> { { 0 }, { 0 } }));
    QCOMPARE(digest(first), digest(second));
}

void tst_Volatility::othersChangesAreNotVolatile()
{
    auto first = effects({ updated(1, u"a"_s, u"ab"_s, u"t"_s) });
    auto second = effects({ updated(1, u"c"_s, u"cb"_s, u"t"_s) });
    markVolatile(first, second);
    QCOMPARE(marks(first), (QList<QList<int>> { {} }));
    QVERIFY(digest(first) != digest(second));
}

void tst_Volatility::anotherNumberOfNewRowsIsNotVolatile()
{
    auto first = effects({ inserted(7, u"x"_s, u"t"_s) });
    auto second = effects({ inserted(8, u"x"_s, u"t"_s), inserted(9, u"x"_s, u"t"_s) });
    markVolatile(first, second);
    QCOMPARE(marks(first), (QList<QList<int>> { {} }));
}

void tst_Volatility::aLaterRunInheritsTheMarks()
{
    auto first = effects({ inserted(7, u"x"_s, u"12:00"_s), inserted(8, u"y"_s, u"12:00"_s) });
    auto second = effects({ inserted(9, u"x"_s, u"12:01"_s), inserted(10, u"y"_s, u"12:01"_s) });
    markVolatile(first, second);
    auto now = effects({ inserted(11, u"x"_s, u"13:00"_s), inserted(12, u"y"_s, u"13:00"_s) });
    inheritVolatile(first, now);
    QCOMPARE(digest(now), digest(first));
    QVERIFY(compareEffects(first, now).isEmpty());
}

void tst_Volatility::aRealDifferenceIsNotMasked()
{
    auto first = effects({ inserted(7, u"x"_s, u"12:00"_s) });
    auto second = effects({ inserted(9, u"x"_s, u"12:01"_s) });
    markVolatile(first, second);
    auto now = effects({ inserted(11, u"another"_s, u"13:00"_s) });
    inheritVolatile(first, now);
    QVERIFY(digest(now) != digest(first));
    QVERIFY(!compareEffects(first, now).isEmpty());
}

QTEST_APPLESS_MAIN(tst_Volatility)
#include "tst_volatility.moc"
