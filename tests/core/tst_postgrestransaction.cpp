// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgresconnections.h"

#include <QTest>

#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace holdpoint;

class TestPostgresTransaction : public QObject
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

    void nothingRunsBehindAFailedBegin();
    void readOnly();
    void stableSnapshot();
    void commitEnds();
    void deferredConstraintAtCommit();
    void commitOfFailedTransaction();
    void killedInTransaction();
    void killedDuringCommit();
    void destructorRollsBack();
    void settlement_data();
    void settlement();
    void settleEndsHalfOpenBackend();
    void suppressedTriggers();

private:
    [[nodiscard]] std::unique_ptr<PostgresConnection> open(ConnectionOptions options = {}) const
    {
        return connectTo(*m_database, options);
    }
    void kill(PostgresConnection& connection) const;

    std::optional<TestPostgres> m_database;
};

void TestPostgresTransaction::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresTransaction::kill(PostgresConnection& connection) const
{
    const QString pid = first(connection.query(statement("SELECT pg_backend_pid()")));
    m_database->exec("SELECT pg_terminate_backend(" + pid.toUtf8() + ")");
    while (m_database->scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid.toUtf8()) != u"0")
        QThread::msleep(5);
}

/// A session that forgot its prepared statements cannot begin as it did before.
void TestPostgresTransaction::nothingRunsBehindAFailedBegin()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->rollback().ok());
    QVERIFY(connection->query(statement("DEALLOCATE ALL")).ok());
    QVERIFY(connection->submitBegin(TransactionMode::Write).ok());
    QStringList errors;
    const auto note
        = [&](const Result<Rowset>& answer) { errors.append(answer ? QString() : answer.error().sqlState); };
    connection->submit(statement("INSERT INTO t VALUES (1, 'a')"), note);
    connection->push();
    connection->submit(statement("INSERT INTO t VALUES (2, 'a')"), note);
    for (int i = 0; i < 300; ++i) // so many that answers are read before all is sent
        connection->submit(statement("INSERT INTO t VALUES ("_ba + QByteArray::number(i + 3) + ", 'a')"), note);
    connection->push();
    connection->submit(statement("INSERT INTO t VALUES (1000, 'a')"), note);
    const auto flushed = connection->flush();
    QVERIFY(!flushed.ok());
    QCOMPARE(flushed.error().sqlState, u"26000"_s);
    QCOMPARE(errors.size(), 303);
    errors.removeAll(u"25P02"_s);
    QCOMPARE(errors, QStringList());
    // Nor does anything else until the rollback.
    QVERIFY(!connection->rollbackTo("anywhere").ok());
    QVERIFY(!connection->query(statement("INSERT INTO t VALUES (1001, 'a')")).ok());
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
    QVERIFY(connection->rollback().ok());
    QVERIFY(connection->query(statement("SELECT 1")).ok());
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestPostgresTransaction::readOnly()
{
    const auto connection = open({ .readOnly = true });
    QCOMPARE(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).error().sqlState, u"25006"_s);
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QCOMPARE(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).error().sqlState, u"25006"_s);
    QVERIFY(connection->rollback().ok());
    Target target = postgresTarget(m_database->uri());
    target.readOnly = true;
    auto opened = openPostgres(target, {}, nullptr);
    QVERIFY(opened.ok());
    QCOMPARE((*opened)->query(statement("DELETE FROM t")).error().sqlState, u"25006"_s);
}

void TestPostgresTransaction::stableSnapshot()
{
    const auto exporter = open();
    QVERIFY(exporter->begin(TransactionMode::ReadOnly).ok());
    const QString snapshot = first(exporter->query(statement("SELECT pg_export_snapshot()")));
    m_database->exec("INSERT INTO t VALUES (1, 'late')");
    const auto importer = open();
    QVERIFY(importer->submitBegin(TransactionMode::Write, snapshot.toUtf8()).ok());
    QVERIFY(importer->finishBegin().ok());
    QCOMPARE(first(importer->query(statement("SELECT count(*) FROM t"))), u"0"_s);
    QVERIFY(importer->rollback().ok());
    QVERIFY(exporter->rollback().ok());
    QVERIFY(importer->submitBegin(TransactionMode::Write, "00000003-0000001B-9").ok());
    QVERIFY(!importer->finishBegin().ok());
    QVERIFY(!importer->inTransaction());
    QCOMPARE(first(importer->query(statement("SELECT count(*) FROM t"))), u"1"_s);
}

void TestPostgresTransaction::commitEnds()
{
    const auto connection = open();
    QCOMPARE(connection->commit().end, CommitEnd::RolledBack);
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->inTransaction());
    QVERIFY(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).ok());
    const CommitResult committed = connection->commit();
    QCOMPARE(committed.end, CommitEnd::Committed);
    QVERIFY(!committed.error);
    QVERIFY(!connection->inTransaction());
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"1"_s);
}

void TestPostgresTransaction::deferredConstraintAtCommit()
{
    m_database->exec("CREATE TABLE child (id int, t int CONSTRAINT parent REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->query(statement("INSERT INTO child VALUES (1, 7)")).ok());
    const CommitResult refused = connection->commit();
    QCOMPARE(refused.end, CommitEnd::RolledBack);
    QCOMPARE(refused.error->sqlState, u"23503"_s);
    QCOMPARE(refused.error->constraint, u"parent"_s);
    QVERIFY(refused.error->detail.contains("(7)"_L1));
    QCOMPARE(m_database->scalar("SELECT count(*) FROM child"), u"0"_s);
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QCOMPARE(connection->commit().end, CommitEnd::Committed);
}

void TestPostgresTransaction::commitOfFailedTransaction()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).ok());
    QVERIFY(!connection->query(statement("SELECT 1/0")).ok());
    const CommitResult refused = connection->commit();
    QCOMPARE(refused.end, CommitEnd::RolledBack);
    QCOMPARE(refused.error->sqlState, u"25P02"_s);
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestPostgresTransaction::killedInTransaction()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).ok());
    kill(*connection);
    // The server's end was there before COMMIT was sent: known to be rolled back.
    const CommitResult refused = connection->commit();
    QCOMPARE(refused.end, CommitEnd::RolledBack);
    QCOMPARE(refused.error->kind, ErrorKind::ConnectionLost);
    QVERIFY2(refused.error->message.contains("terminating"_L1), qPrintable(refused.error->message));
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
    QCOMPARE(connection->query(statement("SELECT 1")).error().kind, ErrorKind::ConnectionLost);
    QVERIFY(!connection->begin(TransactionMode::Write).ok());

    const auto second = open();
    QVERIFY(second->begin(TransactionMode::Write).ok());
    kill(*second);
    QList<ErrorKind> kinds;
    for (int i = 0; i < 3; ++i) {
        second->submit(statement("SELECT 1"),
                       [&kinds](const Result<Rowset>& answer) { kinds.append(answer.error().kind); });
    }
    QVERIFY(!second->flush().ok());
    QCOMPARE(kinds.size(), 3);
    QCOMPARE(kinds.first(), ErrorKind::ConnectionLost);
    const auto end = second->rollback();
    QCOMPARE(end.error().kind, ErrorKind::ConnectionLost);
    QVERIFY(!end.error().detail.isEmpty());
}

void TestPostgresTransaction::killedDuringCommit()
{
    m_database->exec("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS"
                     " $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;"
                     "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
                     " FOR EACH ROW EXECUTE FUNCTION wait()");
    const auto connection = open({ .statementTimeout = 0ms });
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).ok());
    const auto evidence = connection->commitEvidence();
    QVERIFY(evidence.ok());
    std::thread killer([this] {
        while (m_database->scalar("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query = 'COMMIT'"
                                  " AND state = 'active' AND datname = current_database()")
               == u"0")
            QThread::msleep(5);
    });
    const CommitResult lost = connection->commit();
    killer.join();
    QCOMPARE(lost.end, CommitEnd::InDoubt);
    QCOMPARE(lost.error->kind, ErrorKind::ConnectionLost);
    QCOMPARE(open()->settle(*evidence).value(), std::optional(CommitEnd::RolledBack));
}

void TestPostgresTransaction::destructorRollsBack()
{
    {
        const auto connection = open();
        QVERIFY(connection->begin(TransactionMode::Write).ok());
        connection->submit(statement("INSERT INTO t VALUES (1, 'a')"), [](const Result<Rowset>&) {});
    }
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
    QCOMPARE(m_database->scalar("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass"), u"0"_s);
}

void TestPostgresTransaction::settlement_data()
{
    QTest::addColumn<bool>("writes");
    QTest::addColumn<bool>("commits");
    QTest::addColumn<QJsonObject>("change");
    QTest::addColumn<QString>("answer");
    QTest::newRow("committed") << true << true << QJsonObject() << u"committed"_s;
    QTest::newRow("rolled back") << true << false << QJsonObject() << u"rolled back"_s;
    QTest::newRow("wrote nothing") << false << true << QJsonObject() << u"rolled back"_s;
    QTest::newRow("another cluster") << true << true << QJsonObject { { u"system_identifier"_s, u"1"_s } }
                                     << u"unknown"_s;
    QTest::newRow("another database") << true << true << QJsonObject { { u"database"_s, u"x"_s } } << u"unknown"_s;
    QTest::newRow("an xid of the future")
        << true << true << QJsonObject { { u"xid"_s, u"999999999999"_s } } << u"unknown"_s;
    QTest::newRow("no evidence") << true << true << QJsonObject { { u"xid"_s, QJsonValue::Undefined } } << u"unknown"_s;
}

void TestPostgresTransaction::settlement()
{
    QFETCH(bool, writes);
    QFETCH(bool, commits);
    QFETCH(QJsonObject, change);
    QFETCH(QString, answer);
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    if (writes)
        QVERIFY(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).ok());
    auto evidence = connection->commitEvidence();
    QVERIFY(evidence.ok());
    if (commits)
        QCOMPARE(connection->commit().end, CommitEnd::Committed);
    else
        QVERIFY(connection->rollback().ok());
    if (QTest::currentDataTag() == "no evidence"_ba)
        *evidence = QJsonObject();
    for (auto field = change.constBegin(); field != change.constEnd(); ++field)
        evidence->insert(field.key(), field.value());
    const auto settled = open()->settle(*evidence);
    QVERIFY(settled.ok());
    const QString said = !*settled          ? u"unknown"_s
        : **settled == CommitEnd::Committed ? u"committed"_s
                                            : u"rolled back"_s;
    QCOMPARE(said, answer);
}

void TestPostgresTransaction::settleEndsHalfOpenBackend()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    QVERIFY(connection->query(statement("INSERT INTO t VALUES (1, 'a')")).ok());
    const auto evidence = connection->commitEvidence();
    QVERIFY(evidence.ok());
    // Its client is silent, as after a COMMIT that the network swallowed.
    QCOMPARE(open()->settle(*evidence).value(), std::optional(CommitEnd::RolledBack));
    QCOMPARE(connection->commit().end, CommitEnd::RolledBack);
}

void TestPostgresTransaction::suppressedTriggers()
{
    m_database->exec("CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS"
                     " $$ BEGIN NEW.name := 'marked'; RETURN NEW; END $$;"
                     "CREATE TRIGGER mark BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION mark();"
                     "CREATE ROLE "
                     + m_database->name().toUtf8() + "_u LOGIN; GRANT ALL ON t TO PUBLIC");
    const QString role = m_database->name() + "_u"_L1;
    for (const bool allowed : { true, false }) {
        const auto connection = connectTo(*m_database, { .suppressTriggers = true }, allowed ? u"postgres"_s : role);
        QVERIFY(connection->begin(TransactionMode::Write).ok());
        QCOMPARE(connection->triggersSuppressed(), allowed);
        QCOMPARE(first(connection->query(statement("INSERT INTO t VALUES (1, 'plain') RETURNING name"))),
                 allowed ? u"plain"_s : u"marked"_s);
        QVERIFY(connection->rollback().ok());
    }
    m_database->exec("DROP OWNED BY " + role.toUtf8() + "; DROP ROLE " + role.toUtf8());
}

QTEST_GUILESS_MAIN(TestPostgresTransaction)
#include "tst_postgrestransaction.moc"
