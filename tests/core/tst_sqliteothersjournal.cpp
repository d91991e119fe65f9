// SPDX-License-Identifier: GPL-3.0-or-later
// A session that may not write, and a file beside which the journal of another's transaction lies, as a crash leaves it
// and as it looks for a moment while one ends.
#include "session/sqliteconnection.h"
#include "support/testdatabase.h"

#include <QFile>
#include <QTest>

#include <sqlite3.h>
#include <thread>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using namespace std::chrono_literals;

namespace {

constexpr auto rows = "CREATE TABLE t (a, b);"
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
                      " INSERT INTO t SELECT i, hex(zeroblob(100)) FROM n";

void execute(sqlite3* handle, const char* sql)
{
    if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        qFatal("%s: %s", sql, sqlite3_errmsg(handle));
}

} // namespace

class TestSqliteOthersJournal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void isToldWhereNobodyRollsBack();
    void isWaitedOut();

private:
    [[nodiscard]] std::unique_ptr<Connection> open(bool readOnly) const;

    std::unique_ptr<TestSqlite> m_database;
};

/// A copy of a file in the middle of a transaction that has written to it: all rows are changed in it.
void TestSqliteOthersJournal::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    const TestSqlite original(rows);
    sqlite3* writer = nullptr;
    QCOMPARE(sqlite3_open(original.path().toUtf8().constData(), &writer), SQLITE_OK);
    execute(writer, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE t SET a = a + 1");
    m_database = std::make_unique<TestSqlite>();
    QVERIFY(!QFile::exists(m_database->path()) || QFile::remove(m_database->path()));
    QVERIFY(QFile::copy(original.path(), m_database->path()));
    QVERIFY(QFile::copy(original.path() + "-journal"_L1, m_database->path() + "-journal"_L1));
    sqlite3_close(writer);
}

std::unique_ptr<Connection> TestSqliteOthersJournal::open(bool readOnly) const
{
    ConnectionOptions options;
    options.readOnly = readOnly;
    auto opened = openSqlite({ .name = u"t"_s, .engine = EngineKind::SQLite, .address = m_database->path() }, options);
    return opened ? std::move(opened).value() : nullptr;
}

void TestSqliteOthersJournal::isToldWhereNobodyRollsBack()
{
    const auto reader = open(true);
    QVERIFY(reader);
    const auto refused = reader->query({ "SELECT min(a) FROM t", {} });
    QVERIFY(!refused);
    QCOMPARE(refused.error().nativeCode, SQLITE_READONLY_ROLLBACK);
    QVERIFY2(refused.error().hint.contains("did not end"_L1), qPrintable(refused.error().hint));
    QVERIFY(open(false));
    const auto answered = reader->query({ "SELECT min(a) FROM t", {} });
    QVERIFY2(answered, qPrintable(answered ? QString() : answered.error().text()));
    QCOMPARE(answered->rows, QList<Row>({ { Value::integer(1) } }));
}

void TestSqliteOthersJournal::isWaitedOut()
{
    const auto reader = open(true);
    QVERIFY(reader);
    std::thread writer([this] {
        std::this_thread::sleep_for(30ms);
        std::ignore = open(false);
    });
    const auto answered = reader->query({ "SELECT min(a) FROM t", {} });
    writer.join();
    QVERIFY2(answered, qPrintable(answered ? QString() : answered.error().text()));
    QCOMPARE(answered->rows, QList<Row>({ { Value::integer(1) } }));
}

QTEST_GUILESS_MAIN(TestSqliteOthersJournal)
#include "tst_sqliteothersjournal.moc"
