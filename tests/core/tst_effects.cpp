// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"
#include "effects/roworder.h"

#include "support/effectsrows.h"

#include <QTest>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

QList<RowChange> manyRows(int count)
{
    QList<RowChange> rows;
    for (int id = 0; id < count; ++id) {
        if (id % 3 == 0)
            rows.append(insertedRow({ number(id), words("new") }));
        else if (id % 3 == 1)
            rows.append(updatedRow({ number(id), words("old") }, { number(id), words("new") }));
        else
            rows.append(deletedRow({ number(id), words("old") }));
    }
    return rows;
}

/// Two tables with a key, one without, a schema change.
TargetEffects example()
{
    TargetEffects effects;
    effects.target = u"shop"_s;
    effects.tables = {
        tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, { 0 }, manyRows(20)),
        tableEffects(u"log"_s, { u"text"_s }, {},
                     { insertedRow({ words("a") }), insertedRow({ words("b") }), insertedRow({ words("a") }),
                       deletedRow({ words("z") }), updatedRow({ words("x") }, { words("y") }) }),
        tableEffects(
            u"places"_s, { u"a"_s, u"b"_s, u"note"_s }, { 1, 0 },
            { insertedRow({ number(1), number(2), Value() }), insertedRow({ number(2), number(1), Value() }) }),
    };
    effects.schemaChanges
        = { { u"create"_s, u"table main.extra"_s, {}, u"CREATE TABLE extra(x)"_s },
            { u"drop"_s, u"index main.by_total"_s, u"CREATE INDEX by_total ON orders(total)"_s, {} } };
    return effects;
}

void shuffle(RowChanges& rows, std::mt19937& random)
{
    std::vector<qsizetype> order(static_cast<size_t>(rows.size()));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random);
    rows.arrange(order);
}

QString digestOf(TargetEffects effects)
{
    normalize(effects);
    return digest({ effects });
}

} // namespace

class TestEffects : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void sortsByKeyElseByWholeRow();
    void digestIgnoresOrderOfDiscovery();
    void digestIsKnown();
    void digestIgnores_data();
    void digestIgnores();
    void digestTells_data();
    void digestTells();
    void digestTellsValuesApart_data();
    void digestTellsValuesApart();
    void volatileOnlyDifferenceStillCounts();
    void volatileKeysDoNotChangeTheOrder();
    void normalizesManyRows();
    void sortsValuesOfEveryKind_data();
    void sortsValuesOfEveryKind();
};

void TestEffects::sortsByKeyElseByWholeRow()
{
    TargetEffects effects = example();
    normalize(effects);

    QStringList names;
    for (const TableEffects& table : effects.tables)
        names.append(table.name.table);
    QCOMPARE(names, QStringList({ u"log"_s, u"orders"_s, u"places"_s }));

    QStringList log;
    for (const RowChange& row : effects.tables.at(0).rows)
        log.append((row.before.value(0).isNull() ? u"-"_s : row.before.value(0).toText())
                   + (row.after.value(0).isNull() ? u"-"_s : row.after.value(0).toText()));
    QCOMPARE(log, QStringList({ u"-a"_s, u"-a"_s, u"-b"_s, u"xy"_s, u"z-"_s }));

    // The key is (b, a), in the order of the key, not of the table.
    QCOMPARE(effects.tables.at(2).rows.at(0).after.at(0), number(2));
    QCOMPARE(effects.tables.at(2).rows.at(1).after.at(0), number(1));
}

void TestEffects::digestIgnoresOrderOfDiscovery()
{
    const QString expected = digestOf(example());
    std::mt19937 random(7);
    for (int round = 0; round < 20; ++round) {
        TargetEffects shuffled = example();
        std::ranges::shuffle(shuffled.tables, random);
        std::ranges::shuffle(shuffled.schemaChanges, random);
        for (TableEffects& table : shuffled.tables)
            shuffle(table.rows, random);
        QCOMPARE(digestOf(shuffled), expected);
    }
}

// Digests stand in scripts (apply --expect): the encoding never changes by accident.
void TestEffects::digestIsKnown()
{
    QCOMPARE(digest({}), u"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"_s);
    QCOMPARE(digestOf(example()), u"sha256:e2d948a00ee85c7dd3831a71714968b84983fb52cfb4bafee2c02a7f4e81621c"_s);
}

void TestEffects::digestIgnores_data()
{
    using Change = std::function<void(TargetEffects&)>;
    QTest::addColumn<Change>("change");
    QTest::newRow("origin") << Change(
        [](auto& e) { e.tables[0].rows.edit(3, [](RowChange& row) { row.origin = Origin::Indirect; }); });
    QTest::newRow("command") << Change(
        [](auto& e) { e.tables[0].rows.edit(3, [](RowChange& row) { row.command = 4; }); });
    QTest::newRow("cautions") << Change([](auto& e) { e.cautions.append({ u"notify"_s, u"a text"_s }); });
    QTest::newRow("generated") << Change([](auto& e) { e.tables[0].generated = { 1 }; });
    QTest::newRow("partition") << Change(
        [](auto& e) { e.tables[0].rows.edit(3, [](RowChange& row) { row.partition = u"p1"_s; }); });
}

void TestEffects::digestIgnores()
{
    QFETCH(std::function<void(TargetEffects&)>, change);
    TargetEffects changed = example();
    change(changed);
    QVERIFY(!(changed == example()));
    QCOMPARE(digestOf(changed), digestOf(example()));
}

void TestEffects::digestTells_data()
{
    using Change = std::function<void(TargetEffects&)>;
    QTest::addColumn<Change>("change");
    QTest::newRow("target") << Change([](auto& e) { e.target = u"shop2"_s; });
    QTest::newRow("engine") << Change([](auto& e) { e.engine = EngineKind::PostgreSQL; });
    QTest::newRow("table") << Change([](auto& e) { e.tables[0].name.table = u"order"_s; });
    QTest::newRow("schema") << Change([](auto& e) { e.tables[0].name.schema = u"temp"_s; });
    QTest::newRow("name moved over the dot") << Change([](auto& e) { e.tables[0].name = { u"mai"_s, u"norders"_s }; });
    QTest::newRow("no table") << Change([](auto& e) { e.tables.removeLast(); });
    QTest::newRow("column name") << Change([](auto& e) { e.tables[0].columns[1] = u"sum"_s; });
    QTest::newRow("another key") << Change([](auto& e) { e.tables[0].keyColumns = { 1 }; });
    QTest::newRow("old value") << Change(
        [](auto& e) { e.tables[0].rows.edit(1, [](RowChange& row) { row.before[1] = words("older"); }); });
    QTest::newRow("new value") << Change(
        [](auto& e) { e.tables[0].rows.edit(1, [](RowChange& row) { row.after[1] = words("newer"); }); });
    QTest::newRow("kind of change") << Change(
        [](auto& e) { e.tables[0].rows.edit(1, [](RowChange& row) { row.change = ChangeKind::Delete; }); });
    QTest::newRow("one row less") << Change([](auto& e) { e.tables[0].rows = { e.tables[0].rows.first() }; });
    QTest::newRow("one row twice") << Change([](auto& e) { e.tables[1].rows.append(e.tables[1].rows.at(0)); });
    QTest::newRow("inserted") << Change([](auto& e) { ++e.tables[0].inserted; });
    QTest::newRow("updated") << Change([](auto& e) { ++e.tables[0].updated; });
    QTest::newRow("deleted") << Change([](auto& e) { ++e.tables[0].deleted; });
    QTest::newRow("complete") << Change([](auto& e) { e.tables[0].complete = false; });
    QTest::newRow("no schema change") << Change([](auto& e) { e.schemaChanges.removeLast(); });
    QTest::newRow("kind of schema change") << Change([](auto& e) { e.schemaChanges[0].kind = u"alter"_s; });
    QTest::newRow("object") << Change([](auto& e) { e.schemaChanges[0].object = u"table main.x"_s; });
    QTest::newRow("old definition") << Change([](auto& e) { e.schemaChanges[1].before += u' '; });
    QTest::newRow("new definition") << Change([](auto& e) { e.schemaChanges[0].after += u' '; });
    QTest::newRow("volatile now") << Change(
        [](auto& e) { e.tables[0].rows.edit(1, [](RowChange& row) { row.volatileColumns = { 1 }; }); });
}

void TestEffects::digestTells()
{
    QFETCH(std::function<void(TargetEffects&)>, change);
    TargetEffects changed = example();
    change(changed);
    QVERIFY(digestOf(changed) != digestOf(example()));
}

void TestEffects::digestTellsValuesApart_data()
{
    QTest::addColumn<Row>("left");
    QTest::addColumn<Row>("right");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QTest::newRow("null, empty text") << Row { Value() } << Row { words("") };
    QTest::newRow("null, 0") << Row { Value() } << Row { number(0) };
    QTest::newRow("1, true") << Row { number(1) } << Row { Value::boolean(true) };
    QTest::newRow("1, 1.0") << Row { number(1) } << Row { Value::real(1) };
    QTest::newRow("1, text 1") << Row { number(1) } << Row { words("1") };
    QTest::newRow("0.0, -0.0") << Row { Value::real(0.0) } << Row { Value::real(-0.0) };
    QTest::newRow("infinity, nan") << Row { Value::real(std::numeric_limits<double>::infinity()) }
                                   << Row { Value::real(nan) };
    QTest::newRow("text, blob") << Row { words("a") } << Row { Value::blob("a") };
    QTest::newRow("text, raw text") << Row { words("a") } << Row { Value::rawText("a") };
    QTest::newRow("blob, raw text") << Row { Value::blob("a") } << Row { Value::rawText("a") };
    QTest::newRow("integers at the limit")
        << Row { number(std::numeric_limits<qint64>::max()) } << Row { number(std::numeric_limits<qint64>::max() - 1) };
    QTest::newRow("text moved to the next column")
        << Row { words("ab"), words("c") } << Row { words("a"), words("bc") };
    QTest::newRow("with a NUL") << Row { Value::text(u"a\0b"_s) } << Row { words("a") };
    QTest::newRow("umlaut") << Row { words("ä") } << Row { words("a") };
}

void TestEffects::digestTellsValuesApart()
{
    QFETCH(Row, left);
    QFETCH(Row, right);
    const auto digestOfRow = [](const Row& row) {
        return digest({ shopEffects({ tableEffects(u"t"_s, { u"a"_s, u"b"_s }, {}, { insertedRow(row) }) }) });
    };
    QVERIFY(digestOfRow(left) != digestOfRow(right));
    QCOMPARE(digestOfRow(left), digestOfRow(left));
}

void TestEffects::volatileOnlyDifferenceStillCounts()
{
    const auto effects = [](const QList<RowChange>& rows) {
        return shopEffects({ tableEffects(u"t"_s, { u"id"_s, u"at"_s }, { 0 }, rows) });
    };
    const RowChange noon = withVolatile(updatedRow({ number(1), words("") }, { number(1), words("12:00") }), { 1 });
    const RowChange later = withVolatile(updatedRow({ number(1), words("") }, { number(1), words("12:01") }), { 1 });
    QCOMPARE(digest({ effects({ noon }) }), digest({ effects({ later }) }));
    QVERIFY(digest({ effects({ noon }) }) != digest({ effects({}) }));
}

void TestEffects::volatileKeysDoNotChangeTheOrder()
{
    // Two runs drew other numbers from a sequence, in another order; the rows are the same.
    const auto effects = [](qint64 first, qint64 second) {
        return shopEffects({ tableEffects(u"t"_s, { u"id"_s, u"text"_s }, { 0 },
                                          { withVolatile(insertedRow({ number(first), words("a") }), { 0 }),
                                            withVolatile(insertedRow({ number(second), words("b") }), { 0 }),
                                            insertedRow({ number(50), words("c") }) }) });
    };
    QCOMPARE(digest({ effects(7, 8) }), digest({ effects(99, 3) }));
    QCOMPARE(effects(99, 3).tables.at(0).rows.at(0).after.at(1), words("c"));
}

void TestEffects::normalizesManyRows()
{
    TargetEffects sorted;
    sorted.tables = { tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, { 0 }, manyRows(100000)) };
    TargetEffects shuffled = sorted;
    std::mt19937 random(3);
    shuffle(shuffled.tables[0].rows, random);
    normalize(shuffled);
    QVERIFY(shuffled == sorted);
}

void TestEffects::sortsValuesOfEveryKind_data()
{
    QTest::addColumn<QList<int>>("key");
    QTest::newRow("by key") << QList<int> { 0 };
    QTest::newRow("by the second column") << QList<int> { 1 };
    QTest::newRow("by the second column, then the first") << QList<int> { 1, 0 };
    QTest::newRow("without key") << QList<int>();
}

void TestEffects::sortsValuesOfEveryKind()
{
    QFETCH(QList<int>, key);
    const Row values { Value(),
                       Value::boolean(false),
                       Value::boolean(true),
                       number(std::numeric_limits<qint64>::min()),
                       number(-1),
                       number(0),
                       number(1),
                       number(std::numeric_limits<qint64>::max()),
                       Value::real(-1.5),
                       Value::real(0),
                       Value::real(2.5),
                       words(""),
                       words("a"),
                       words("ab"),
                       words("abcde"),
                       words("abcdf"),
                       words("ä"),
                       words("\U0001F600"),
                       Value::blob(""),
                       Value::blob("\x01"),
                       Value::rawText("\xff") };
    std::mt19937 random(11);
    const auto any = [&] { return values.at(static_cast<qsizetype>(random() % static_cast<size_t>(values.size()))); };
    QList<RowChange> rows;
    for (int i = 0; i < 2000; ++i) {
        const Row before { any(), any() };
        const Row after { any(), any() };
        RowChange row = i % 3 == 0 ? insertedRow(after) : i % 3 == 1 ? updatedRow(before, after) : deletedRow(before);
        if (i % 2 == 0)
            row.volatileColumns = QList<QList<int>> { { 0 }, { 1 }, { 0, 1 } }.at(random() % 3);
        rows.append(row);
    }
    const TableEffects table = shopEffects({ tableEffects(u"t"_s, { u"a"_s, u"b"_s }, key, rows) }).tables.at(0);
    QCOMPARE(table.rows.size(), rows.size());
    const RowOrder order(table.keyColumns);
    for (qsizetype i = 1; i < table.rows.size(); ++i)
        QVERIFY(order.compare(table.rows.view(i - 1), table.rows.view(i)) <= 0);
}

QTEST_APPLESS_MAIN(TestEffects)
#include "tst_effects.moc"
