// SPDX-License-Identifier: GPL-3.0-or-later
// What is too much for memory goes to a file, and nothing else is different.
#include "effects/capture.h"
#include "effects/postgresplacemap.h"
#include "effects/spillbytes.h"
#include "effects/spillindex.h"
#include "effects/spillvector.h"
#include "support/testtarget.h"

#include <QScopeGuard>

#include <deque>
#include <map>
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
TargetEffects captured(const TestTarget& target, const QList<QByteArray>& statements, Verification verification)
{
    Connection& connection = target.connection();
    const auto capture = Capture::forConnection(connection);
    if (const auto begun = capture->begin({}, verification); !begun)
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
    void piecesStayWhole_data();
    void piecesStayWhole();
    void placesAreFound_data();
    void placesAreFound();
    void numbersAreFoundByHash_data();
    void numbersAreFoundByHash();
    void effectsAreTheSame_data();
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

void TestSpill::piecesStayWhole_data()
{
    QTest::addColumn<bool>("inFile");
    QTest::newRow("in memory") << false;
    QTest::newRow("in a file") << true;
}

// Many small pieces, some that no part has room for, and some that are begun and not ended.
void TestSpill::piecesStayWhole()
{
    QFETCH(bool, inFile);
    const qsizetype before = SpillFile::memoryLimit();
    SpillFile::setMemoryLimit(inFile ? 0 : before);
    const auto restored = qScopeGuard([before] { SpillFile::setMemoryLimit(before); });
    std::mt19937_64 random(7);
    SpillBytes bytes;
    std::vector<std::pair<SpillBytes::Place, std::string>> expected;
    for (int i = 0; i < 20'000; ++i) {
        const size_t size = i % 4'000 == 3'999 ? 1'500'000 : random() % 300;
        const std::string piece(size, static_cast<char>('a' + i % 26));
        std::string& open = bytes.begin();
        open += piece.substr(0, size / 2);
        open += piece.substr(size / 2);
        if (i % 5 != 0)
            expected.emplace_back(bytes.end(), piece);
    }
    const SpillBytes copy = bytes;
    expected.emplace_back(bytes.append("the last"), "the last");
    QCOMPARE(bytes.spilled() > 0, inFile);
    for (const auto& [place, piece] : expected)
        QVERIFY(std::string_view(bytes.at(place), piece.size()) == piece);
    expected.pop_back();
    for (const auto& [place, piece] : expected)
        QVERIFY(std::string_view(copy.at(place), piece.size()) == piece);
}

void TestSpill::placesAreFound_data()
{
    QTest::addColumn<int>("rounds");
    QTest::addColumn<int>("each");
    QTest::newRow("one by one") << 300 << 1;
    QTest::newRow("some rounds") << 7 << 9'000;
    QTest::newRow("at once") << 1 << 70'000;
}

void TestSpill::placesAreFound()
{
    QFETCH(int, rounds);
    QFETCH(int, each);
    const auto nothingInMemory = withNothingInMemory();
    std::mt19937_64 random(5);
    const quint64 places = static_cast<quint64>(rounds) * each; // so that many come twice
    std::map<PostgresPlace, qsizetype> expected;
    PostgresPlaceMap map;
    QCOMPARE(map.size(), 0);
    QVERIFY(!map.contains(1));
    for (qsizetype number = 0; number < static_cast<qsizetype>(places); ++number) {
        const PostgresPlace place = 2 * (random() % places);
        map.insert(place, number);
        expected.emplace(place, number);
        if (number % each != 0)
            continue;
        QVERIFY(map.find(place) == expected.at(place));
        QVERIFY(!map.contains(place + 1));
        QCOMPARE(map.size(), static_cast<qsizetype>(expected.size()));
    }
    QCOMPARE(map.size(), static_cast<qsizetype>(expected.size()));
    qsizetype position = 0;
    for (const auto& [place, number] : expected) {
        QCOMPARE(map.at(position++), number);
        QVERIFY(map.find(place) == number);
    }
}

void TestSpill::numbersAreFoundByHash_data()
{
    QTest::addColumn<qint64>("things");
    QTest::addColumn<qint64>("hashes");
    QTest::newRow("each thing once") << qint64(1'000'000'000) << qint64(1'000'000'000);
    QTest::newRow("things many times") << qint64(500) << qint64(500);
    QTest::newRow("one thing") << qint64(1) << qint64(1);
    QTest::newRow("many things with one hash") << qint64(2'000) << qint64(100);
}

// Beside a list for each thing, in the order of insertion.
void TestSpill::numbersAreFoundByHash()
{
    QFETCH(qint64, things);
    QFETCH(qint64, hashes);
    const auto nothingInMemory = withNothingInMemory();
    std::mt19937_64 random(11);
    std::map<qint64, std::deque<qint64>> expected;
    std::vector<qint64> thingOf;
    SpillIndex index;
    const auto isThing = [&](qint64 thing) {
        return [&thingOf, thing](qint64 number) { return thingOf[static_cast<size_t>(number)] == thing; };
    };
    QCOMPARE(index.find(1, isThing(1)), SpillIndex::none);
    QCOMPARE(index.take(1, isThing(1)), SpillIndex::none);
    qint64 present = 0;
    for (qint64 number = 0; number < 60'000; ++number) {
        const auto thing = static_cast<qint64>(random() % static_cast<quint64>(things));
        thingOf.push_back(thing);
        index.insert(SpillIndex::hashOf(thing % hashes), number);
        expected[thing].push_back(number);
        ++present;
        const qint64 asked = random() % 2 ? thing : static_cast<qint64>(random() % static_cast<quint64>(things));
        std::deque<qint64>& numbers = expected[asked];
        const quint64 hash = SpillIndex::hashOf(asked % hashes);
        QCOMPARE(index.find(hash, isThing(asked)), numbers.empty() ? SpillIndex::none : numbers.front());
        QCOMPARE(index.findOnly(hash, isThing(asked)), numbers.size() == 1 ? numbers.front() : SpillIndex::none);
        for (qint64 taken = 0; taken < (number % 10'000 > 5'000 ? 2 : 1) && number % 3 != 0; ++taken) {
            QCOMPARE(index.take(hash, isThing(asked)), numbers.empty() ? SpillIndex::none : numbers.front());
            present -= numbers.empty() ? 0 : 1;
            if (!numbers.empty())
                numbers.pop_front();
        }
        QCOMPARE(index.isEmpty(), present == 0);
    }
}

void TestSpill::effectsAreTheSame_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<Verification>("verification");
    QTest::addColumn<int>("most"); // statements
    constexpr int all = 10;
    QTest::newRow("SQLite") << EngineKind::SQLite << Verification::Cheapest << all;
    if (!TestPostgres::available()) {
        qInfo("without PostgreSQL: %s", TestPostgres::whyNot());
        return;
    }
    QTest::newRow("PostgreSQL, looked up") << EngineKind::PostgreSQL << Verification::Cheapest << all;
    QTest::newRow("PostgreSQL, told") << EngineKind::PostgreSQL << Verification::Cheapest << 2;
    QTest::newRow("PostgreSQL, scanned") << EngineKind::PostgreSQL << Verification::Fully << all;
}

void TestSpill::effectsAreTheSame()
{
    QFETCH(EngineKind, engine);
    QFETCH(Verification, verification);
    QFETCH(int, most);
    const QByteArray numbers = engine == EngineKind::SQLite
        ? "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 40000) SELECT n FROM s"_ba
        : "SELECT n FROM generate_series(1, 40000) n"_ba;
    const QByteArray ending = engine == EngineKind::SQLite ? " WITHOUT ROWID;" : ";";
    const TestTarget target(
        engine,
        "CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t SELECT n, 'old ' || n FROM (" + numbers
            + ") AS s; CREATE TABLE copies (id int, v text);"
              "CREATE TABLE parts (id int PRIMARY KEY, t int REFERENCES t ON DELETE CASCADE"
              " ON UPDATE CASCADE, what text); CREATE INDEX parts_t ON parts (t);"
              "INSERT INTO parts SELECT id, id, 'a text about the part of ' || id FROM t;"
              "CREATE TABLE keyed (id int PRIMARY KEY, v text)"
            + ending
            + "INSERT INTO keyed SELECT id, v FROM t WHERE id <= 10000;"
              "CREATE TABLE equal (v text, w int); INSERT INTO equal SELECT v, id % 9 FROM t WHERE id <= 10000");
    QList<QByteArray> statements { "UPDATE t SET v = v || ' and new' WHERE id <= 35000",
                                   "INSERT INTO copies SELECT id, v FROM t", "DELETE FROM t WHERE id > 10000",
                                   "UPDATE t SET id = -id WHERE id < 100",
                                   // rows that are there again, under their keys or without one
                                   "DELETE FROM keyed",
                                   "INSERT INTO keyed SELECT id, v FROM t WHERE id <= 10000 ORDER BY -id",
                                   "CREATE TABLE kept AS SELECT * FROM equal", "DELETE FROM equal",
                                   "INSERT INTO equal SELECT * FROM kept", "DROP TABLE kept" };
    statements.resize(std::min<qsizetype>(most, statements.size()));
    const TargetEffects expected = captured(target, statements, verification);
    QCOMPARE(expected.tables.size(), most == 2 ? 2 : 4);
    for (const TableEffects& table : expected.tables)
        QCOMPARE(table.way == CaptureWay::Scanned, verification == Verification::Fully);
    const auto nothingInMemory = withNothingInMemory();
    const TargetEffects effects = captured(target, statements, verification);
    for (const TableEffects& table : effects.tables)
        QVERIFY(table.rows.spilled() > 1'000'000 || table.name.table == u"keyed");
    QVERIFY(effects.tables == expected.tables);
    QCOMPARE(digest({ effects }), digest({ expected }));
}

QTEST_GUILESS_MAIN(TestSpill)
#include "tst_spill.moc"
