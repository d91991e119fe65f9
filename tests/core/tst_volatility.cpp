// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/drift.h"
#include "effects/spillfile.h"
#include "effects/volatility.h"

#include <QScopeGuard>
#include <QTest>

#include <random>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_Volatility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void marksWhatDiffers();
    void matchesNewRowsWithVolatileKeys();
    void othersChangesAreNotVolatile();
    void anotherNumberOfNewRowsIsDrift();
    void aLaterRunInheritsTheMarks();
    void aRealDifferenceIsNotMasked();
    void anOldValueIsNeverMasked();
    void randomKeysAreMatchedByTheOtherColumns();
    void aDifferenceLeavesOtherCellsAlone();
    void fewValuesByChance();
    void rowsOfOneCommandBelongTogether();
    void alikeRowsWithoutKey();
    void keysThatMoved_data();
    void keysThatMoved();
    void aColumnThatNoKeyReachesIsCompared();
    void aKeyThatIsNotTheNextIsCompared();
    void manyNewRows_data();
    void manyNewRows();
    void rowsInStepAreMarkedAsOthers();
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
    table.keySources = { { 2, { table.name } } };
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

void tst_Volatility::anotherNumberOfNewRowsIsDrift()
{
    auto first = effects({ inserted(7, u"x"_s, u"t"_s) });
    auto second = effects({ inserted(8, u"x"_s, u"t"_s), inserted(9, u"x"_s, u"t"_s) });
    markVolatile(first, second);
    QVERIFY(digest(first) != digest(second));
    QVERIFY(!compareEffects(first, second).isEmpty());
}

void tst_Volatility::aLaterRunInheritsTheMarks()
{
    auto first = effects({ inserted(7, u"x"_s, u"12:00"_s), inserted(8, u"y"_s, u"12:00"_s) });
    auto second = effects({ inserted(9, u"x"_s, u"12:01"_s), inserted(10, u"y"_s, u"12:01"_s) });
    markVolatile(first, second);
    auto now = effects({ inserted(11, u"x"_s, u"13:00"_s), inserted(12, u"y"_s, u"13:00"_s) });
    std::ignore = inheritVolatile(first, now);
    QCOMPARE(digest(now), digest(first));
    QVERIFY(compareEffects(first, now).isEmpty());
}

void tst_Volatility::aRealDifferenceIsNotMasked()
{
    auto first = effects({ inserted(7, u"x"_s, u"12:00"_s) });
    auto second = effects({ inserted(9, u"x"_s, u"12:01"_s) });
    markVolatile(first, second);
    auto now = effects({ inserted(11, u"another"_s, u"13:00"_s) });
    std::ignore = inheritVolatile(first, now);
    QVERIFY(digest(now) != digest(first));
    QVERIFY(!compareEffects(first, now).isEmpty());
}

void tst_Volatility::anOldValueIsNeverMasked()
{
    auto first = effects({ updated(1, u"a"_s, u"b"_s, u"12:00"_s) });
    auto second = effects({ updated(1, u"a"_s, u"b"_s, u"12:01"_s) });
    markVolatile(first, second);
    auto now = effects({ updated(1, u"a"_s, u"b"_s, u"13:00"_s) });
    now[0].tables[0].rows.edit(0, [](RowChange& row) { row.before[2] = Value::text(u"touched by somebody"_s); });
    std::ignore = inheritVolatile(first, now);
    QVERIFY(digest(now) != digest(first));
    const QList<DriftRow> drift = compareEffects(first, now);
    QCOMPARE(drift.size(), 1);
    QVERIFY(drift.first().preview && drift.first().now);
}

void tst_Volatility::randomKeysAreMatchedByTheOtherColumns()
{
    auto first = effects({ inserted(900, u"x"_s, u"t"_s), inserted(17, u"y"_s, u"t"_s), inserted(55, u"z"_s, u"t"_s) });
    auto second = effects({ inserted(3, u"y"_s, u"t"_s), inserted(2, u"z"_s, u"t"_s), inserted(1, u"x"_s, u"t"_s) });
    markVolatile(first, second);
    QCOMPARE(marks(first), (QList<QList<int>> { { 0 }, { 0 }, { 0 } }));
    QCOMPARE(digest(first), digest(second));
}

void tst_Volatility::aDifferenceLeavesOtherCellsAlone()
{
    // Somebody changed what one of the rows is made from, between the two runs.
    auto first = effects({ inserted(1, u"x"_s, u"t"_s), inserted(2, u"y"_s, u"t"_s), inserted(3, u"z"_s, u"t"_s) });
    auto second
        = effects({ inserted(4, u"x"_s, u"t"_s), inserted(5, u"other"_s, u"t"_s), inserted(6, u"z"_s, u"t"_s) });
    markVolatile(first, second);
    QMap<QString, QList<int>> byText;
    for (const RowChange& row : first[0].tables[0].rows)
        byText.insert(row.after.at(1).toText(), row.volatileColumns);
    QCOMPARE(byText, (QMap<QString, QList<int>> { { u"x"_s, { 0 } }, { u"y"_s, { 0, 1 } }, { u"z"_s, { 0 } } }));
}

void tst_Volatility::fewValuesByChance()
{
    // The same letters in another order: no column but the key tells which row is which.
    auto first = effects({ inserted(1, u"a"_s, u"t"_s), inserted(2, u"b"_s, u"t"_s) });
    auto second = effects({ inserted(1, u"b"_s, u"t"_s), inserted(2, u"a"_s, u"t"_s) });
    markVolatile(first, second);
    QCOMPARE(marks(first), (QList<QList<int>> { { 1 }, { 1 } }));
    auto now = effects({ inserted(1, u"c"_s, u"t"_s), inserted(2, u"a"_s, u"t"_s) });
    std::ignore = inheritVolatile(first, now);
    QCOMPARE(digest(now), digest(first));
}

void tst_Volatility::rowsOfOneCommandBelongTogether()
{
    const auto by = [](int command, RowChange row) {
        row.command = command;
        return row;
    };
    // Random keys, everything else volatile too but the command.
    auto first = effects({ by(0, inserted(5, u"p"_s, u"1"_s)), by(1, inserted(1, u"q"_s, u"2"_s)) });
    auto second = effects({ by(0, inserted(8, u"p"_s, u"3"_s)), by(1, inserted(9, u"r"_s, u"4"_s)) });
    markVolatile(first, second);
    QMap<int, QList<int>> byCommand;
    for (const RowChange& row : first[0].tables[0].rows)
        byCommand.insert(*row.command, row.volatileColumns);
    QCOMPARE(byCommand, (QMap<int, QList<int>> { { 0, { 0, 2 } }, { 1, { 0, 1, 2 } } }));
}

void tst_Volatility::alikeRowsWithoutKey()
{
    const auto loose = [](const QList<RowChange>& rows) {
        auto result = effects(rows);
        result[0].tables[0].keyColumns.clear();
        normalize(result[0]);
        return result;
    };
    auto first
        = loose({ inserted(1, u"a"_s, u"12:00"_s), inserted(1, u"a"_s, u"12:00"_s), inserted(1, u"b"_s, u"x"_s) });
    auto second
        = loose({ inserted(1, u"a"_s, u"12:01"_s), inserted(1, u"a"_s, u"12:01"_s), inserted(1, u"b"_s, u"x"_s) });
    markVolatile(first, second);
    auto now = loose({ inserted(1, u"b"_s, u"x"_s), inserted(1, u"a"_s, u"13:00"_s), inserted(1, u"a"_s, u"13:00"_s) });
    std::ignore = inheritVolatile(first, now);
    QCOMPARE(digest(now), digest(first));
    QVERIFY(compareEffects(first, now).isEmpty());
    auto fewer = loose({ inserted(1, u"b"_s, u"x"_s), inserted(1, u"a"_s, u"13:00"_s) });
    std::ignore = inheritVolatile(first, fewer);
    QVERIFY(digest(fewer) != digest(first));
    QCOMPARE(compareEffects(first, fewer).size(), 1);
}

namespace {

RowChange assigned(qint64 id, const QString& what, const QString& at)
{
    RowChange row = inserted(id, what, at);
    row.assignedKey = true;
    row.volatileColumns = { 0 };
    return row;
}

} // namespace

void tst_Volatility::keysThatMoved_data()
{
    QTest::addColumn<QList<RowChange>>("preview");
    QTest::addColumn<QList<RowChange>>("now");
    QTest::addColumn<bool>("same");
    using Rows = QList<RowChange>;
    const Rows two { assigned(11, u"x"_s, u"t"_s), assigned(12, u"y"_s, u"of 11"_s) };
    QTest::newRow("not at all") << two << two << true;
    QTest::newRow("by one, over each other")
        << two << Rows { assigned(12, u"x"_s, u"t"_s), assigned(13, u"y"_s, u"of 12"_s) } << true;
    QTest::newRow("the copy has not moved")
        << two << Rows { assigned(12, u"x"_s, u"t"_s), assigned(13, u"y"_s, u"of 11"_s) } << true;
    QTest::newRow("the copy is of another key")
        << two << Rows { assigned(12, u"x"_s, u"t"_s), assigned(13, u"y"_s, u"of 14"_s) } << false;
    QTest::newRow("the text around the copy differs")
        << two << Rows { assigned(12, u"x"_s, u"t"_s), assigned(13, u"y"_s, u"to 12"_s) } << false;
    QTest::newRow("a number that is no key")
        << Rows { assigned(11, u"x"_s, u"t"_s), updated(1, u"a"_s, u"12"_s, u"t"_s) }
        << Rows { assigned(13, u"x"_s, u"t"_s), updated(1, u"a"_s, u"13"_s, u"t"_s) } << false;
    QTest::newRow("another row beside it") << two << Rows { assigned(12, u"x"_s, u"t"_s) } << false;
    QTest::newRow("alike rows") << Rows { assigned(11, u"x"_s, u"t"_s), assigned(12, u"x"_s, u"t"_s) }
                                << Rows { assigned(21, u"x"_s, u"t"_s), assigned(22, u"x"_s, u"t"_s) } << true;
}

void tst_Volatility::keysThatMoved()
{
    QFETCH(QList<RowChange>, preview);
    QFETCH(QList<RowChange>, now);
    QFETCH(bool, same);
    auto expected = effects(preview);
    auto today = effects(now);
    std::ignore = inheritVolatile(expected, today);
    QCOMPARE(digest(today) == digest(expected), same);
    QCOMPARE(compareEffects(expected, today).isEmpty(), same);
}

void tst_Volatility::aColumnThatNoKeyReachesIsCompared()
{
    auto preview = effects({ assigned(11, u"x"_s, u"t"_s), inserted(1, u"of 11"_s, u"t"_s) });
    auto now = effects({ assigned(12, u"x"_s, u"t"_s), inserted(1, u"of 12"_s, u"t"_s) });
    std::ignore = inheritVolatile(preview, now);
    QVERIFY(digest(now) != digest(preview));
}

void tst_Volatility::aKeyThatIsNotTheNextIsCompared()
{
    auto preview = effects({ assigned(11, u"x"_s, u"t"_s) });
    auto now = effects({ inserted(17, u"x"_s, u"t"_s) });
    QVERIFY(inheritVolatile(preview, now));
    QVERIFY(digest(now) != digest(preview));
    QVERIFY(!compareEffects(preview, now).isEmpty());
}

void tst_Volatility::manyNewRows_data()
{
    QTest::addColumn<bool>("random");
    QTest::addColumn<qint64>("count");
    QTest::addColumn<bool>("spilled");
    QTest::newRow("keys that ascend") << false << qint64(5000) << false;
    QTest::newRow("random keys") << true << qint64(5000) << false;
    QTest::newRow("random keys, nothing in memory") << true << qint64(35000) << true;
}

void tst_Volatility::manyNewRows()
{
    QFETCH(bool, random);
    QFETCH(qint64, count);
    QFETCH(bool, spilled);
    const auto usual = qScopeGuard([before = SpillFile::memoryLimit()] { SpillFile::setMemoryLimit(before); });
    if (spilled)
        SpillFile::setMemoryLimit(0);
    const auto rows = [=](qint64 first, const QString& at) {
        constexpr qint64 prime = 1'000'003;
        QList<RowChange> all;
        for (qint64 i = 0; i < count; ++i)
            all.append(inserted(random ? (first + i) * 7919 % prime : first + i, QString::number(i % 100), at));
        return effects(all);
    };
    auto first = rows(1, u"12:00"_s);
    auto second = rows(count + 1, u"12:01"_s);
    QCOMPARE(first[0].tables[0].rows.spilled() > 0, spilled);
    markVolatile(first, second);
    const QList<QList<int>> all(count, { 0, 2 });
    QCOMPARE(marks(first), all);
    QCOMPARE(marks(second), all);
    auto now = rows(90001, u"13:00"_s);
    std::ignore = inheritVolatile(first, now);
    QCOMPARE(marks(now), all);
    QCOMPARE(digest(now), digest(first));
    auto other = rows(90001, u"13:00"_s);
    other[0].tables[0].rows.edit(777, [](RowChange& row) { row.after[1] = Value::text(u"other"_s); });
    normalize(other[0]);
    std::ignore = inheritVolatile(first, other);
    QVERIFY(digest(other) != digest(first));
    QCOMPARE(compareEffects(first, other).size(), 1); // told as one row that is another
}

// Where one run has a row more, partners are looked for; where each row's partner is in its place, they are not.
void tst_Volatility::rowsInStepAreMarkedAsOthers()
{
    std::mt19937 random(17);
    const auto drawn = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    int marked = 0;
    for (int round = 0; round < 500; ++round) {
        QList<RowChange> kinds;
        for (qint64 id = 0; id < 1 + drawn(8); ++id) {
            RowChange row = drawn(2) ? updated(id, u"a"_s, {}, {}) : inserted(id, {}, {});
            row.command = drawn(2);
            row.origin = drawn(4) ? Origin::Direct : Origin::Indirect;
            kinds.append(row);
        }
        const int differing = drawn(4); // of three columns
        const auto run = [&] {
            QList<RowChange> rows = kinds;
            for (RowChange& row : rows) {
                if (row.change == ChangeKind::Update && differing == 3)
                    row.after[0] = Value::integer(100 * drawn(3) + row.after.at(0).toInteger());
                for (const int column : { 1, 2 })
                    row.after[column] = Value::text(column <= differing ? QString::number(drawn(3)) : u"same"_s);
            }
            return effects(rows);
        };
        const auto first = run();
        const auto second = run();
        const auto later = run();
        const auto withOneMore = [](QList<TargetEffects> effects) {
            effects.first().tables.first().rows.append(updated(99, u"more"_s, u"row"_s, u"then"_s));
            normalize(effects.first());
            return effects;
        };
        const auto marksOf = [](QList<TargetEffects> effects) {
            QMap<qint64, QList<int>> result;
            for (const RowChange& row : effects.first().tables.first().rows)
                result.insert((row.before.isEmpty() ? row.after : row.before).at(0).toInteger(), row.volatileColumns);
            result.remove(99);
            return result;
        };
        auto one = first;
        auto two = second;
        markVolatile(one, two);
        auto others = first;
        auto more = withOneMore(second);
        markVolatile(others, more);
        QCOMPARE(marksOf(one), marksOf(others));
        QCOMPARE(marksOf(two), marksOf(more));
        auto now = later;
        QVERIFY(!inheritVolatile(one, now));
        auto nowWithMore = withOneMore(later);
        QVERIFY(!inheritVolatile(others, nowWithMore));
        QCOMPARE(marksOf(now), marksOf(nowWithMore));
        marked += marksOf(now) == marksOf(one) && !marksOf(one).values().contains(QList<int>()) ? 1 : 0;
    }
    QVERIFY(marked > 50);
}

QTEST_APPLESS_MAIN(tst_Volatility)
#include "tst_volatility.moc"
