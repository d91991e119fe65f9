// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/drift.h"

#include "support/effectsrows.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

const QList<int> byId { 0 };
const QList<int> withoutKey;

QList<TargetEffects> effects(const QList<int>& key, const QList<RowChange>& rows)
{
    return { shopEffects({ tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, key, rows) }) };
}

Row order(qint64 id, qint64 total)
{
    return { number(id), number(total) };
}

QString rowText(const Row& row)
{
    QStringList values;
    for (const Value& value : row)
        values.append(value.display());
    return values.join(u',');
}

QString changeText(const std::optional<RowChange>& row)
{
    return row ? rowText(row->before) + u'>' + rowText(row->after) : u"-"_s;
}

/// One line a drift row: key | preview | now | text
QStringList printed(const QList<DriftRow>& drift)
{
    QStringList lines;
    for (const DriftRow& row : drift) {
        QStringList key;
        for (const NamedValue& value : row.key)
            key.append(value.column + u'=' + value.value.display());
        lines.append(
            QStringList({ key.join(u','), changeText(row.preview), changeText(row.now), row.text }).join(u" | "));
    }
    return lines;
}

} // namespace

class TestDrift : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void rows_data();
    void rows();
    void namesTargetTableAndColumns();
    void otherTables();
    void counts_data();
    void counts();
    void otherShape();
    void schemaChanges();
    void otherTargets();
    void sameDigestWhereNoDrift_data() { rows_data(); }
    void sameDigestWhereNoDrift();
    void manyRows();
};

void TestDrift::rows_data()
{
    using Rows = QList<RowChange>;
    QTest::addColumn<QList<int>>("key");
    QTest::addColumn<Rows>("preview");
    QTest::addColumn<Rows>("now");
    QTest::addColumn<QStringList>("expected");

    const Rows three { insertedRow(order(1, 5)), updatedRow(order(2, 5), order(2, 6)), deletedRow(order(3, 7)) };
    QTest::newRow("the same") << byId << three << three << QStringList();
    QTest::newRow("the same without key") << withoutKey << three << three << QStringList();
    QTest::newRow("nothing at all") << byId << Rows() << Rows() << QStringList();

    QTest::newRow("other new value") << byId << Rows { updatedRow(order(2, 5), order(2, 6)) }
                                     << Rows { updatedRow(order(2, 5), order(2, 7)) }
                                     << QStringList { u"id=2 | 2,5>2,6 | 2,5>2,7 | "_s };
    QTest::newRow("other old value") << byId << Rows { updatedRow(order(2, 5), order(2, 6)) }
                                     << Rows { updatedRow(order(2, 4), order(2, 6)) }
                                     << QStringList { u"id=2 | 2,5>2,6 | 2,4>2,6 | "_s };
    QTest::newRow("deleted row had changed")
        << byId << Rows { deletedRow(order(2, 5)) } << Rows { deletedRow(order(2, 4)) }
        << QStringList { u"id=2 | 2,5> | 2,4> | "_s };
    QTest::newRow("updated, now inserted")
        << byId << Rows { updatedRow(order(2, 5), order(2, 6)) } << Rows { insertedRow(order(2, 6)) }
        << QStringList { u"id=2 | 2,5>2,6 | >2,6 | "_s };
    QTest::newRow("no longer there") << byId << three << Rows { three.at(0), three.at(2) }
                                     << QStringList { u"id=2 | 2,5>2,6 | - | "_s };
    QTest::newRow("one more") << byId << Rows { three.at(0), three.at(2) } << three
                              << QStringList { u"id=2 | - | 2,5>2,6 | "_s };
    QTest::newRow("first and last differ")
        << byId << three << Rows { three.at(1), insertedRow(order(9, 1)) }
        << QStringList { u"id=1 | >1,5 | - | "_s, u"id=3 | 3,7> | - | "_s, u"id=9 | - | >9,1 | "_s };
    QTest::newRow("key moves elsewhere") << byId << Rows { updatedRow(order(2, 5), order(3, 5)) }
                                         << Rows { updatedRow(order(2, 5), order(4, 5)) }
                                         << QStringList { u"id=2 | 2,5>3,5 | 2,5>4,5 | "_s };
    QTest::newRow("one left the key, one took it, the taker differs")
        << byId << Rows { updatedRow(order(2, 5), order(3, 5)), insertedRow(order(2, 1)) }
        << Rows { updatedRow(order(2, 5), order(3, 5)), insertedRow(order(2, 8)) }
        << QStringList { u"id=2 | >2,1 | >2,8 | "_s };
    QTest::newRow("one left the key, one took it, both differ")
        << byId << Rows { updatedRow(order(2, 5), order(3, 5)), insertedRow(order(2, 1)) }
        << Rows { updatedRow(order(2, 4), order(3, 4)), insertedRow(order(2, 8)) }
        << QStringList { u"id=2 | >2,1 | >2,8 | "_s, u"id=2 | 2,5>3,5 | 2,4>3,4 | "_s };
    QTest::newRow("nobody takes the key now")
        << byId << Rows { updatedRow(order(2, 5), order(3, 5)), insertedRow(order(2, 1)) }
        << Rows { updatedRow(order(2, 4), order(3, 4)) }
        << QStringList { u"id=2 | 2,5>3,5 | 2,4>3,4 | "_s, u"id=2 | >2,1 | - | "_s };

    const Row same = order(1, 1);
    QTest::newRow("one duplicate less") << withoutKey << Rows { deletedRow(same), deletedRow(same) }
                                        << Rows { deletedRow(same) } << QStringList { u" | 1,1> | - | "_s };
    QTest::newRow("one duplicate more") << withoutKey << Rows { insertedRow(same) }
                                        << Rows { insertedRow(same), insertedRow(same) }
                                        << QStringList { u" | - | >1,1 | "_s };
    QTest::newRow("same old row without key")
        << withoutKey << Rows { updatedRow(same, order(1, 2)), insertedRow(order(7, 7)) }
        << Rows { updatedRow(same, order(1, 3)), insertedRow(order(7, 7)) }
        << QStringList { u" | 1,1>1,2 | 1,1>1,3 | "_s };
    QTest::newRow("inserts without key are not the same row")
        << withoutKey << Rows { insertedRow(order(1, 2)) } << Rows { insertedRow(order(1, 3)) }
        << QStringList { u" | >1,2 | - | "_s, u" | - | >1,3 | "_s };

    const auto stamped = [](qint64 total) { return withVolatile(updatedRow(order(2, 5), order(2, total)), { 1 }); };
    QTest::newRow("volatile values differ") << byId << Rows { stamped(6) } << Rows { stamped(7) } << QStringList();
    QTest::newRow("volatile row is gone")
        << byId << Rows { stamped(6) } << Rows() << QStringList { u"id=2 | 2,5>2,6 | - | "_s };
    const auto numbered = [](qint64 id, qint64 total) { return withVolatile(insertedRow(order(id, total)), { 0 }); };
    QTest::newRow("volatile keys, same rows")
        << byId << Rows { numbered(1, 5), numbered(2, 6) } << Rows { numbered(4, 5), numbered(3, 6) } << QStringList();
    QTest::newRow("volatile keys, one differs")
        << byId << Rows { numbered(1, 5), numbered(2, 6), insertedRow(order(8, 8)) }
        << Rows { numbered(4, 5), numbered(3, 9), insertedRow(order(8, 8)) }
        << QStringList { u"id=2 | >2,6 | >3,9 | "_s };
    QTest::newRow("volatile rows without key")
        << withoutKey << Rows { numbered(1, 5) } << Rows { numbered(2, 5) } << QStringList();
}

void TestDrift::rows()
{
    QFETCH(QList<int>, key);
    QFETCH(QList<RowChange>, preview);
    QFETCH(QList<RowChange>, now);
    QFETCH(QStringList, expected);
    QCOMPARE(printed(compareEffects(effects(key, preview), effects(key, now))), expected);
}

void TestDrift::sameDigestWhereNoDrift()
{
    QFETCH(QList<int>, key);
    QFETCH(QList<RowChange>, preview);
    QFETCH(QList<RowChange>, now);
    const auto left = effects(key, preview);
    const auto right = effects(key, now);
    QCOMPARE(digest(left) == digest(right), compareEffects(left, right).isEmpty());
}

void TestDrift::namesTargetTableAndColumns()
{
    const QList<DriftRow> drift = compareEffects(effects(byId, { insertedRow(order(1, 2)) }), effects(byId, {}));
    QCOMPARE(drift.size(), 1);
    QCOMPARE(drift.first().target, u"shop"_s);
    QCOMPARE(drift.first().table, TableName({ u"main"_s, u"orders"_s }));
    QCOMPARE(drift.first().columns, QStringList({ u"id"_s, u"total"_s }));
}

void TestDrift::otherTables()
{
    const auto table
        = [](const QString& name) { return tableEffects(name, { u"id"_s }, { 0 }, { insertedRow({ number(1) }) }); };
    const QList<TargetEffects> preview { shopEffects({ table(u"b"_s), table(u"a"_s) }) };
    const QList<TargetEffects> now { shopEffects({ table(u"b"_s), table(u"c"_s) }) };
    const QList<DriftRow> drift = compareEffects(preview, now);
    QCOMPARE(printed(drift), QStringList({ u"id=1 | >1 | - | "_s, u"id=1 | - | >1 | "_s }));
    QCOMPARE(drift.at(0).table.table, u"a"_s);
    QCOMPARE(drift.at(1).table.table, u"c"_s);
}

void TestDrift::counts_data()
{
    QTest::addColumn<qint64>("deletedNow");
    QTest::addColumn<bool>("completeNow");
    QTest::addColumn<QStringList>("expected");
    const QString preview = u" | - | - | main.orders: at preview 1 inserted, 0 updated, 2 deleted "
                            "(not all rows seen: 2 rows may not be read); now "_s;
    QTest::newRow("the same") << qint64(2) << false << QStringList();
    QTest::newRow("other count") << qint64(3) << false
                                 << QStringList(preview
                                                + u"1 inserted, 0 updated, 3 deleted "
                                                  "(not all rows seen: 2 rows may not be read)"_s);
    QTest::newRow("complete now") << qint64(2) << true << QStringList(preview + u"1 inserted, 0 updated, 2 deleted"_s);
}

void TestDrift::counts()
{
    QFETCH(qint64, deletedNow);
    QFETCH(bool, completeNow);
    QFETCH(QStringList, expected);
    QList<TargetEffects> preview = effects(byId, { insertedRow(order(1, 2)) });
    TableEffects& table = preview[0].tables[0];
    table.deleted = 2;
    table.complete = false;
    table.incompleteReason = u"2 rows may not be read"_s;
    QList<TargetEffects> now = preview;
    now[0].tables[0].deleted = deletedNow;
    now[0].tables[0].complete = completeNow;
    QCOMPARE(printed(compareEffects(preview, now)), expected);
    QCOMPARE(digest(preview) == digest(now), expected.isEmpty());
}

void TestDrift::otherShape()
{
    const QList<TargetEffects> preview = effects(byId, { insertedRow(order(1, 2)) });
    QList<TargetEffects> now = preview;
    now[0].tables[0].columns.append(u"note"_s);
    now[0].tables[0].rows.edit(0, [](RowChange& row) { row.after.append(Value()); });
    QCOMPARE(printed(compareEffects(preview, now)),
             QStringList(u" | - | - | main.orders has another shape: at preview columns (id, total), key (id); "
                         "now columns (id, total, note), key (id)"_s));
}

void TestDrift::schemaChanges()
{
    TargetEffects preview = shopEffects({});
    preview.schemaChanges = { { u"create"_s, u"table main.a"_s, {}, u"CREATE TABLE a(x)"_s },
                              { u"drop"_s, u"table main.b"_s, u"CREATE TABLE b(x)"_s, {} } };
    TargetEffects now = preview;
    QCOMPARE(compareEffects({ preview }, { now }), QList<DriftRow>());
    now.schemaChanges[0].after = u"CREATE TABLE a(x, y)"_s;
    now.schemaChanges.removeLast();
    QCOMPARE(printed(compareEffects({ preview }, { now })),
             QStringList(
                 { u" | - | - | schema change at preview, not now: create table main.a as CREATE TABLE a(x)"_s,
                   u" | - | - | schema change at preview, not now: drop table main.b from CREATE TABLE b(x)"_s,
                   u" | - | - | schema change now, not at preview: create table main.a as CREATE TABLE a(x, y)"_s }));
}

void TestDrift::otherTargets()
{
    const QList<TargetEffects> shop = effects(byId, { insertedRow(order(1, 2)) });
    QList<TargetEffects> billing = shop;
    billing[0].target = u"billing"_s;
    QCOMPARE(printed(compareEffects(shop, billing)),
             QStringList({ u" | - | - | shop was changed at preview, not now"_s,
                           u" | - | - | billing is changed now, not at preview"_s }));
}

void TestDrift::manyRows()
{
    QList<RowChange> rows;
    for (int id = 0; id < 100000; ++id)
        rows.append(updatedRow(order(id, 1), order(id, 2)));
    QList<RowChange> changed = rows;
    changed[54321].after[1] = number(3);
    changed.removeAt(77);
    QCOMPARE(printed(compareEffects(effects(byId, rows), effects(byId, changed))),
             QStringList({ u"id=77 | 77,1>77,2 | - | "_s, u"id=54321 | 54321,1>54321,2 | 54321,1>54321,3 | "_s }));
    QCOMPARE(compareEffects(effects(withoutKey, rows), effects(withoutKey, changed)).size(), 2);
}

QTEST_APPLESS_MAIN(TestDrift)
#include "tst_drift.moc"
