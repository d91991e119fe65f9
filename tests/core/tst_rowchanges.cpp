// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as bytes: they come back as they were, whether they fit into memory or not.
#include "effects/rowchanges.h"

#include "support/effectsrows.h"

#include <QScopeGuard>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype nothingInMemory = 0;

auto withMemoryLimit(qsizetype bytes)
{
    const qsizetype before = SpillFile::memoryLimit();
    SpillFile::setMemoryLimit(bytes);
    return qScopeGuard([before] { SpillFile::setMemoryLimit(before); });
}

/// A few megabytes.
QList<RowChange> manyRows()
{
    QList<RowChange> rows;
    for (int id = 0; id < 20000; ++id) {
        const Value old = Value::text(u"old %1"_s.arg(id, 100));
        const Value now = Value::text(u"new %1"_s.arg(id, 120));
        rows.append(id % 3 == 0       ? insertedRow({ number(id), now })
                        : id % 3 == 1 ? updatedRow({ number(id), old }, { number(id), now })
                                      : deletedRow({ number(id), old }));
        rows.last().command = id;
    }
    return rows;
}

QList<RowChange> listOf(const RowChanges& rows)
{
    QList<RowChange> list;
    for (const RowChange& row : rows)
        list.append(row);
    return list;
}

} // namespace

class TestRowChanges : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void valuesComeBack_data();
    void valuesComeBack();
    void changesComeBack();
    void rowidsComeBackAndAreNoEffect();
    void whatIsNoRowIsRefused();
    void unchangedValuesTakeOneByte();
    void aReplacedRowLeavesTheOthers();
    void aCopyIsItsOwn();
    void whatIsTooMuchGoesToAFile();
    void aCopyOfSpilledRowsIsItsOwn();
    void whatTheDiskCannotTakeStaysInMemory();
    void equalRowsAreEqualWhereverTheyAre();
};

void TestRowChanges::valuesComeBack_data()
{
    QTest::addColumn<Value>("value");
    QTest::newRow("null") << Value();
    QTest::newRow("false") << Value::boolean(false);
    QTest::newRow("true") << Value::boolean(true);
    QTest::newRow("smallest") << number(std::numeric_limits<qint64>::min());
    QTest::newRow("largest") << number(std::numeric_limits<qint64>::max());
    QTest::newRow("real") << Value::real(0.1);
    QTest::newRow("negative zero") << Value::real(-0.0);
    QTest::newRow("not a number") << Value::real(std::numeric_limits<double>::quiet_NaN());
    QTest::newRow("empty text") << words("");
    QTest::newRow("ascii") << words("abc");
    QTest::newRow("beyond") << words("ä \U0001F600 \u2028");
    QTest::newRow("byte order mark") << Value::text(u"\uFEFFx"_s);
    QTest::newRow("text with NUL") << Value::text(QString(u'a') + QChar::Null + u'b');
    QTest::newRow("blob") << Value::blob(QByteArray("\0\xff", 2));
    QTest::newRow("empty blob") << Value::blob("");
    QTest::newRow("raw text") << Value::rawText("a\xff");
}

void TestRowChanges::valuesComeBack()
{
    QFETCH(Value, value);
    const RowChange row = updatedRow({ number(1), value, words("x") }, { number(2), value, value });
    const RowChanges rows { row };
    QCOMPARE(rows.size(), 1);
    QVERIFY(rows.first() == row);
    QVERIFY(packed::compare(rows.view(0).before().at(1), rows.view(0).before().at(1)) == 0);
}

void TestRowChanges::changesComeBack()
{
    RowChange all = updatedRow({ number(1) }, { number(2), words("a column more") });
    all.origin = Origin::Indirect;
    all.command = 7;
    all.partition = u"p ä"_s;
    all.volatileColumns = { 1, 0 };
    all.assignedKey = true;
    RowChange wide = insertedRow({});
    for (int column = 0; column < 500; ++column)
        wide.after.append(number(column));
    const QList<RowChange> rows { all, wide, deletedRow({ Value() }), insertedRow({ words("x") }) };
    QVERIFY(listOf(rows) == rows);
    const RowChanges packed(rows);
    const RowView view = packed.view(0);
    QVERIFY(view.origin() == Origin::Indirect && view.change() == ChangeKind::Update && view.hasAssignedKey());
    QCOMPARE(view.command(), std::optional(7));
    QVERIFY(view.hasVolatile());
}

void TestRowChanges::rowidsComeBackAndAreNoEffect()
{
    RowChange moved = updatedRow({ number(1), words("x") }, { number(2), words("x") });
    moved.command = 3;
    moved.volatileColumns = { 0 };
    moved.partition = u"p"_s;
    RowChange plain = moved;
    moved.rowid = std::numeric_limits<qint64>::max();
    moved.formerRowid = -1;
    RowChange other = moved;
    other.rowid = 5;
    other.formerRowid.reset();
    const RowChanges rows { moved, other, plain };
    QCOMPARE(rows.at(0).rowid, moved.rowid);
    QCOMPARE(rows.at(0).formerRowid, moved.formerRowid);
    QCOMPARE(rows.at(1).rowidBefore(), std::optional<qint64>(5));
    QVERIFY(!rows.at(2).rowid && !rows.at(2).formerRowid);
    for (const RowChange& row : rows)
        QVERIFY(row == plain);
    QVERIFY(RowChanges({ moved, other, plain }) == RowChanges({ plain, plain, other }));
    plain.command = 4;
    QVERIFY(!(RowChanges({ moved }) == RowChanges({ plain })));
    QVERIFY(rows.view(2).record().size() + 2 * sizeof(qint64) == rows.view(0).record().size());
}

// As a journal may hold it.
void TestRowChanges::whatIsNoRowIsRefused()
{
    RowChange row = withVolatile(updatedRow({ number(1) }, { number(2) }), { 0 });
    row.rowid = 7;
    row.formerRowid = 8;
    std::string record;
    RowView::pack(row, record);
    QCOMPARE(RowView::checkedLength(record, 1), record.size());
    for (size_t size = 0; size < record.size(); ++size) {
        QCOMPARE(RowView::checkedLength(std::string_view(record).substr(0, size), 1), size_t(0));
        std::string shorter = record.substr(0, size); // which says so
        if (size >= sizeof(quint32)) {
            qToLittleEndian(static_cast<quint32>(size), shorter.data());
            QCOMPARE(RowView::checkedLength(shorter, 1), size_t(0));
        }
    }
}

void TestRowChanges::unchangedValuesTakeOneByte()
{
    const Value large = Value::text(QString(10000, u'x'));
    const RowChanges rows { updatedRow({ number(1), large }, { number(2), large }) };
    QVERIFY(rows.view(0).record().size() < 10100);
    QVERIFY(rows.first().after.at(1) == large);
}

void TestRowChanges::aReplacedRowLeavesTheOthers()
{
    RowChanges rows(manyRows());
    const RowChange other = deletedRow({ number(-1), words("another") });
    rows.replace(5, other);
    rows.edit(6, [](RowChange& row) { row.volatileColumns = { 1 }; });
    QList<RowChange> expected = manyRows();
    expected[5] = other;
    expected[6].volatileColumns = { 1 };
    QVERIFY(listOf(rows) == expected);
}

void TestRowChanges::aCopyIsItsOwn()
{
    const RowChanges first { insertedRow({ number(1) }) };
    RowChanges second = first;
    QVERIFY(second == first);
    second.append(insertedRow({ number(2) }));
    second.replace(0, insertedRow({ number(3) }));
    QCOMPARE(first.size(), 1);
    QVERIFY(first.first().after.first() == number(1));
    QVERIFY(!(second == first));
}

void TestRowChanges::whatIsTooMuchGoesToAFile()
{
    const auto limited = withMemoryLimit(nothingInMemory);
    RowChanges rows(manyRows());
    QVERIFY(rows.spilled() > 2'000'000);
    QVERIFY(listOf(rows) == manyRows());
    std::vector<qsizetype> backwards;
    for (qsizetype row = rows.size(); row > 0; --row)
        backwards.push_back(row - 1);
    rows.arrange(backwards);
    QVERIFY(rows.spilled() > 2'000'000);
    QList<RowChange> expected = manyRows();
    std::ranges::reverse(expected);
    QVERIFY(listOf(rows) == expected);
}

void TestRowChanges::aCopyOfSpilledRowsIsItsOwn()
{
    const auto limited = withMemoryLimit(nothingInMemory);
    std::optional<RowChanges> first(manyRows());
    RowChanges second = *first;
    first->append(insertedRow({ number(1) }));
    second.append(insertedRow({ number(2) }));
    first.reset();
    QList<RowChange> expected = manyRows();
    expected.append(insertedRow({ number(2) }));
    QVERIFY(listOf(second) == expected);
}

// No file may grow beyond one and a half parts, as if the disk were full then.
void TestRowChanges::whatTheDiskCannotTakeStaysInMemory()
{
    rlimit before {};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small { 1'500'000, before.rlim_max };
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto restored = qScopeGuard([&] { setrlimit(RLIMIT_FSIZE, &before); });
    const auto limited = withMemoryLimit(nothingInMemory);
    const RowChanges rows(manyRows());
    QVERIFY(rows.spilled() > 0 && rows.spilled() < 1'500'000);
    QVERIFY(listOf(rows) == manyRows());
}

void TestRowChanges::equalRowsAreEqualWhereverTheyAre()
{
    const RowChanges inMemory(manyRows());
    const auto limited = withMemoryLimit(nothingInMemory);
    const RowChanges inFile(manyRows());
    QVERIFY(inFile.spilled() > inMemory.spilled());
    QVERIFY(inMemory == inFile);
}

QTEST_APPLESS_MAIN(TestRowChanges)
#include "tst_rowchanges.moc"
