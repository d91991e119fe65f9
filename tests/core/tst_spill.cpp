// SPDX-License-Identifier: GPL-3.0-or-later
// What is too much for memory goes to a file, and nothing else is different.
#include "effects/capture.h"
#include "effects/spillvector.h"
#include "support/testtarget.h"

#include <QScopeGuard>

#include <random>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

auto withNothingInMemory()
{
    const qsizetype before = SpillFile::memoryLimit();
    SpillFile::setMemoryLimit(0);
    return qScopeGuard([before] { SpillFile::setMemoryLimit(before); });
}

/// What the statements change, and rolls it back.
TargetEffects captured(const TestTarget& target, const QList<QByteArray>& statements)
{
    Connection& connection = target.connection();
    const auto capture = Capture::forConnection(connection);
    if (const auto begun = capture->begin({}); !begun)
        qFatal("%s", qPrintable(begun.error().text()));
    int command = 0;
    for (const QByteArray& statement : statements) {
        capture->commandStarts(command++);
        const auto info = checkStatement(target.target().engine, QString::fromUtf8(statement));
        capture->submitSql({ statement, {} }, info.value(), [&](const Result<Rowset>& result) {
            if (!result)
                qFatal("%s: %s", statement.constData(), qPrintable(result.error().text()));
        });
        if (const auto flushed = connection.flush(); !flushed)
            qFatal("%s", qPrintable(flushed.error().text()));
    }
    auto effects = capture->collect();
    if (!effects)
        qFatal("%s", qPrintable(effects.error().text()));
    if (const auto undone = connection.rollback(); !undone)
        qFatal("%s", qPrintable(undone.error().text()));
    if (const auto ended = capture->ended(*effects); !ended)
        qFatal("%s", qPrintable(ended.error().text()));
    return std::move(effects).value();
}

} // namespace

class TestSpill : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void aVectorIsAVector_data();
    void aVectorIsAVector();
    void effectsAreTheSame_data() { TestTarget::addEngines(); }
    void effectsAreTheSame();
};

void TestSpill::aVectorIsAVector_data()
{
    QTest::addColumn<bool>("inFile");
    QTest::addColumn<size_t>("size");
    for (const bool inFile : { false, true }) {
        for (const size_t size : { 0, 1, 64, 65, 32768, 32769, 100000 })
            QTest::addRow("%zu, %s", size, inFile ? "in a file" : "in memory") << inFile << size;
    }
}

void TestSpill::aVectorIsAVector()
{
    QFETCH(bool, inFile);
    QFETCH(size_t, size);
    const qsizetype before = SpillFile::memoryLimit();
    SpillFile::setMemoryLimit(inFile ? 0 : before);
    const auto restored = qScopeGuard([before] { SpillFile::setMemoryLimit(before); });
    std::mt19937_64 random(3);
    std::vector<quint64> expected;
    SpillVector<quint64> vector;
    for (size_t i = 0; i < size; ++i) {
        expected.push_back(random());
        vector.push_back(expected.back());
    }
    QVERIFY(std::ranges::equal(vector, expected));
    std::ranges::stable_sort(vector);
    std::ranges::stable_sort(expected);
    QVERIFY(std::ranges::equal(vector, expected));
    vector.truncate(size / 2);
    expected.resize(size / 2);
    vector.push_back(7);
    expected.push_back(7);
    QVERIFY(std::ranges::equal(vector, expected));
    QCOMPARE(vector.back(), quint64(7));
}

void TestSpill::effectsAreTheSame()
{
    QFETCH(EngineKind, engine);
    const QByteArray numbers = engine == EngineKind::SQLite
        ? "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 70000) SELECT n FROM s"_ba
        : "SELECT n FROM generate_series(1, 70000) n"_ba;
    const TestTarget target(engine,
                            "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT n, 'old ' || n FROM ("
                                + numbers + ") AS s; CREATE TABLE copies (id int, v text)");
    const QList<QByteArray> statements { "UPDATE t SET v = v || ' and new' WHERE id <= 60000",
                                         "INSERT INTO copies SELECT id, v FROM t WHERE id % 2 = 0",
                                         "DELETE FROM t WHERE id > 65000", "UPDATE t SET id = -id WHERE id < 100" };
    const TargetEffects expected = captured(target, statements);
    QCOMPARE(expected.tables.size(), 2);
    const auto nothingInMemory = withNothingInMemory();
    const TargetEffects effects = captured(target, statements);
    for (const TableEffects& table : effects.tables)
        QVERIFY(table.rows.spilled() > 1'000'000);
    QVERIFY(effects.tables == expected.tables);
    QCOMPARE(digest({ effects }), digest({ expected }));
}

QTEST_GUILESS_MAIN(TestSpill)
#include "tst_spill.moc"
