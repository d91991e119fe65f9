// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgresconnections.h"

#include <QTest>

#include <algorithm>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace holdpoint;

class TestPostgresPipeline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_database.emplace("CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL CHECK (name <> ''))");
    }
    void cleanup() { m_database.reset(); }

    void submittedInOrder();
    void errorInsideThePipeline();
    void savepointMendsThePipeline();
    void sinkMaySubmit();
    void nulIsRefused();
    void bigResultsDoNotBlock();
    void rowsAreShownAsTheyArrive_data();
    void rowsAreShownAsTheyArrive();
    void whatFailsHasShownRowsBefore();
    void preparedTextSurvivesAlteredTable();
    void keptTextStaysPrepared();
    void keptTextForgotten();
    void savepointsDoNotWait();
    void cancelInFlight();
    void cancelledBeforeSending();

private:
    [[nodiscard]] std::unique_ptr<PostgresConnection> open(ConnectionOptions options = {}) const
    {
        return connectTo(*m_database, options);
    }

    std::optional<TestPostgres> m_database;
};

void TestPostgresPipeline::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresPipeline::submittedInOrder()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QList<qint64> answers;
    constexpr int count = 3000; // several chunks
    for (int i = 0; i < count; ++i) {
        const bool unique = i % 7 == 0; // a text of its own
        const QByteArray text = unique ? "INSERT INTO t VALUES (" + QByteArray::number(i) + ", 'u') RETURNING id"
                                       : "INSERT INTO t VALUES ($1, 'p') RETURNING id"_ba;
        connection->submit(statement(text, unique ? QList<Value>() : QList<Value> { Value::integer(i) }),
                           [&answers](const Result<Rowset>& answer) {
                               QVERIFY(answer.ok());
                               QCOMPARE(answer->affected, 1);
                               answers.append(answer->rows.value(0).value(0).toInteger());
                           });
    }
    QVERIFY(answers.size() < count);
    QVERIFY(connection->flush().ok());
    QCOMPARE(answers.size(), count);
    QVERIFY(std::ranges::is_sorted(answers));
    QCOMPARE(connection->commit().end, CommitEnd::Committed);
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), QString::number(count));
}

void TestPostgresPipeline::errorInsideThePipeline()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QStringList states;
    const auto note
        = [&states](const Result<Rowset>& answer) { states.append(answer ? u"ok"_s : answer.error().sqlState); };
    connection->submit(statement("INSERT INTO t VALUES (1, 'a')"), note);
    connection->submit(statement("INSERT INTO t VALUES (1, 'b')"), note);
    connection->submit(statement("INSERT INTO t VALUES (2, 'c')"), note);
    connection->submit(statement("INSERT INTO nowhere VALUES (2)"), note);
    QVERIFY(connection->flush().ok());
    QCOMPARE(states, QStringList({ u"ok"_s, u"23505"_s, u"25P02"_s, u"25P02"_s }));
    connection->submit(statement("INSERT INTO t VALUES (3, 'd')"), note);
    QCOMPARE(connection->query(statement("SELECT 1")).error().sqlState, u"25P02"_s);
    QCOMPARE(states.last(), u"25P02"_s);
    QVERIFY(connection->rollback().ok());
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestPostgresPipeline::savepointMendsThePipeline()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QStringList states;
    const auto note
        = [&states](const Result<Rowset>& answer) { states.append(answer ? u"ok"_s : answer.error().sqlState); };
    const QByteArray insert = "INSERT INTO t VALUES ($1, $2)";
    connection->submit(statement(insert, { Value::integer(1), Value::text(u"a"_s) }), note);
    QVERIFY(connection->savepoint("holdpoint_s").ok());
    // The text becomes a prepared statement behind the failing one, so it is not: and must be mended.
    connection->submit(statement("SELECT 1/0"), note);
    connection->submit(statement(insert, { Value::integer(2), Value::text(u"b"_s) }), note);
    connection->submit(statement(insert, { Value::integer(3), Value::text(u"c"_s) }), note);
    QVERIFY(connection->flush().ok());
    QVERIFY(connection->rollbackTo("holdpoint_s").ok());
    for (int i = 4; i < 8; ++i)
        connection->submit(statement(insert, { Value::integer(i), Value::text(u"d"_s) }), note);
    QVERIFY(connection->flush().ok());
    QCOMPARE(states, QString(u"ok 22012 25P02 25P02 ok ok ok ok"_s).split(u' '));
    QCOMPARE(connection->commit().end, CommitEnd::Committed);
    QCOMPARE(m_database->scalar("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"), u"1 4 5 6 7"_s);
}

void TestPostgresPipeline::sinkMaySubmit()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QStringList order;
    connection->submit(statement("SELECT 'a'"), [&](const Result<Rowset>& answer) {
        order.append(first(answer));
        connection->submit(statement("SELECT 'c'"), [&](const Result<Rowset>& inner) { order.append(first(inner)); });
    });
    connection->submit(statement("SELECT 'b'"), [&](const Result<Rowset>& answer) { order.append(first(answer)); });
    QVERIFY(connection->flush().ok());
    QCOMPARE(order, QStringList({ u"a"_s, u"b"_s, u"c"_s }));
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::nulIsRefused()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QStringList states;
    const auto note
        = [&states](const Result<Rowset>& answer) { states.append(answer ? u"ok"_s : answer.error().sqlState); };
    connection->submit(statement("INSERT INTO t VALUES (1, 'a')"), note);
    connection->submit(statement("INSERT INTO t VALUES (2, $1)", { Value::text(QString(u"a\0b"_s)) }), note);
    connection->submit(statement("INSERT INTO t VALUES (3, 'c')"), note);
    QVERIFY(connection->flush().ok());
    QCOMPARE(states, QStringList({ u"ok"_s, u"22021"_s, u"25P02"_s }));
    QVERIFY(connection->rollback().ok());
    QCOMPARE(connection->query(statement("SELECT $1::text", { Value::text(QString(QChar())) })).error().sqlState,
             u"22021"_s);
}

void TestPostgresPipeline::bigResultsDoNotBlock()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    // Both directions are full: long parameters go out while long rows come in.
    const Value large = Value::text(QString(200'000, u'x'));
    qint64 received = 0;
    for (int i = 0; i < 600; ++i) {
        connection->submit(statement("SELECT $1::text", { large }), [&received](const Result<Rowset>& answer) {
            QVERIFY(answer.ok());
            received += answer->rows.value(0).value(0).toText().size();
        });
    }
    QVERIFY(connection->flush().ok());
    QCOMPARE(received, 600 * 200'000);
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::rowsAreShownAsTheyArrive_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("parts");
    for (const int rows : { 0, 1, 255, 256, 257, 1000 })
        QTest::addRow("%d", rows) << rows << (rows + 255) / 256;
}

void TestPostgresPipeline::rowsAreShownAsTheyArrive()
{
    QFETCH(int, rows);
    QFETCH(int, parts);
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    for (int round = 0; round < 3; ++round) { // then the text is a prepared one
        QList<int> seen;
        int shown = 0;
        qint64 affected = -1;
        connection->submit(statement("DELETE FROM t"), [](const Result<Rowset>& answer) { QVERIFY(answer.ok()); });
        connection->submitLooking(
            statement("INSERT INTO t SELECT i, 'n' || i FROM generate_series(1, $1::int) i RETURNING id, name, NULL",
                      { Value::integer(rows) }),
            [&](const PostgresAnswer& answer) {
                ++shown;
                QCOMPARE(answer.columns(), 3);
                QCOMPARE(answer.type(0), 23U);
                for (int row = 0; row < answer.rows(); ++row) {
                    seen.append(answer.text(row, 0).toInt());
                    QCOMPARE(answer.text(row, 1), "n" + QByteArray::number(seen.last()));
                    QVERIFY(answer.isNull(row, 2) && !answer.isNull(row, 1));
                }
            },
            [&](const Result<Rowset>& answer) {
                QVERIFY(answer.ok() && answer->rows.isEmpty());
                QCOMPARE(seen.size(), rows); // all were shown before
                affected = answer->affected;
            });
        QVERIFY(connection->flush().ok());
        QCOMPARE(affected, rows);
        QCOMPARE(shown, parts);
        for (int i = 0; i < rows; ++i)
            QCOMPARE(seen.at(i), i + 1);
    }
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::whatFailsHasShownRowsBefore()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->savepoint("s").ok());
    int seen = 0;
    QString state;
    connection->submitLooking(
        statement("SELECT 1 / (5000 - i) FROM generate_series(1, 10000) i"),
        [&seen](const PostgresAnswer& answer) { seen += answer.rows(); },
        [&state](const Result<Rowset>& answer) { state = answer ? QString() : answer.error().sqlState; });
    QVERIFY(connection->flush().ok());
    QCOMPARE(state, u"22012"_s);
    QCOMPARE(seen, 4999);
    QVERIFY(connection->rollbackTo("s").ok());
    QCOMPARE(first(connection->query(statement("SELECT 7"))), u"7"_s);
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::preparedTextSurvivesAlteredTable()
{
    const auto connection = open();
    for (int round = 0; round < 2; ++round) {
        QVERIFY(connection->begin(TransactionMode::Write).ok());
        for (int i = 0; i < 3; ++i) {
            connection->submit(statement("SELECT * FROM t WHERE id > $1", { Value::integer(0) }),
                               [](const Result<Rowset>& answer) {
                                   QVERIFY2(answer.ok(), answer.ok() ? "" : qPrintable(answer.error().text()));
                               });
        }
        QCOMPARE(connection->commit().end, CommitEnd::Committed);
        m_database->exec("ALTER TABLE t ADD COLUMN extra" + QByteArray::number(round) + " int");
    }
}

void TestPostgresPipeline::keptTextStaysPrepared()
{
    const auto connection = open();
    const Statement kept { "SELECT count(*) FROM pg_class WHERE relname = $1", { Value::text(u"t"_s) }, true };
    const auto prepared = [&] {
        const auto names = connection->query(
            statement("SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM pg_prepared_statements"
                      " WHERE statement NOT LIKE 'BEGIN%'")); // which is kept too
        return first(names);
    };
    for (int round = 0; round < 3; ++round) {
        QCOMPARE(first(connection->query(kept)), u"1"_s);
        QVERIFY(connection->begin(TransactionMode::Write).ok());
        QCOMPARE(prepared(), u"holdpoint_1"_s); // and no other: what the round before prepared is gone
        for (int i = 0; i < 3; ++i)
            connection->submit(statement("SELECT id FROM t"),
                               [](const Result<Rowset>& answer) { QVERIFY(answer.ok()); });
        QCOMPARE(first(connection->query(kept)), u"1"_s);
        QVERIFY(prepared() != "holdpoint_1"_L1);
        QVERIFY(connection->rollback().ok());
    }
    // A failed transaction does not learn a text that it cannot prepare.
    const Statement late { "SELECT $1::int", { Value::text(u"7"_s) }, true };
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(!connection->query(statement("SELECT 1 / 0")).ok());
    QVERIFY(!connection->query(late).ok());
    QVERIFY(connection->rollback().ok());
    QCOMPARE(first(connection->query(late)), u"7"_s);
}

/// A batch can do that in a block; the session is of use afterwards.
void TestPostgresPipeline::keptTextForgotten()
{
    const auto connection = open();
    const Statement kept { "SELECT $1::int", { Value::text(u"7"_s) }, true };
    QCOMPARE(first(connection->query(kept)), u"7"_s);
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QList<Error> errors;
    const auto keep = [&](const Result<Rowset>& answer) {
        if (!answer)
            errors.append(answer.error());
    };
    connection->submit(statement("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"), keep);
    connection->submit(kept, keep);
    connection->submit({ "SELECT 1", {}, true }, keep);
    std::ignore = connection->flush();
    QCOMPARE(errors.size(), 2);
    for (const Error& error : std::as_const(errors)) {
        QCOMPARE(error.sqlState, u"26000"_s);
        QVERIFY2(error.message.contains("DEALLOCATE"_L1), qUtf8Printable(error.text()));
    }
    QVERIFY(connection->rollback().ok());
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QCOMPARE(first(connection->query(kept)), u"7"_s);
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::savepointsDoNotWait()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(!connection->query(statement("SELECT 1 / 0")).ok());
    QVERIFY(connection->savepoint("late").ok()); // told by what waits next
    const auto flushed = connection->flush();
    QVERIFY(!flushed);
    QCOMPARE(flushed.error().sqlState, u"25P02"_s);
    QVERIFY(connection->flush().ok());
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::cancelInFlight()
{
    const auto connection = open({ .statementTimeout = 0ms });
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    const Cancellation cancellation;
    {
        const auto registration = connection->cancelWith(cancellation);
        std::thread canceller([&] {
            while (m_database->scalar("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
                                      " AND state = 'active'")
                   == u"0")
                QThread::msleep(5);
            cancellation.cancel();
        });
        QList<ErrorKind> kinds;
        for (int i = 0; i < 3; ++i) {
            connection->submit(statement("SELECT pg_sleep(600)"),
                               [&kinds](const Result<Rowset>& answer) { kinds.append(answer.error().kind); });
        }
        QVERIFY(connection->flush().ok());
        canceller.join();
        QCOMPARE(kinds, QList({ ErrorKind::Cancelled, ErrorKind::Statement, ErrorKind::Statement }));
    }
    QVERIFY(connection->rollback().ok());
}

void TestPostgresPipeline::cancelledBeforeSending()
{
    const auto connection = open();
    const Cancellation cancellation;
    cancellation.cancel();
    const auto registration = connection->cancelWith(cancellation);
    QCOMPARE(connection->query(statement("SELECT 1")).error().kind, ErrorKind::Cancelled);
    connection->submit(statement("SELECT 1"),
                       [](const Result<Rowset>& answer) { QCOMPARE(answer.error().kind, ErrorKind::Cancelled); });
    QVERIFY(connection->flush().ok());
}

QTEST_GUILESS_MAIN(TestPostgresPipeline)
#include "tst_postgrespipeline.moc"
