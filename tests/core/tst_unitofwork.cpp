// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionpools.h"
#include "support/engines.h"
#include "transaction/transactionlayer.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_UnitOfWork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commitsAllThatIsOutstanding_data() { engineRows(); }
    void commitsAllThatIsOutstanding();
    void rollsBackAllThatIsOutstanding_data() { engineRows(); }
    void rollsBackAllThatIsOutstanding();
    void oneTransactionATarget_data() { engineRows(); }
    void oneTransactionATarget();
    void namesALeaseThatIsStillOut();
    void aLeaseCannotBeTakenTwice();
    void rollsBackWhenNeverFinished_data() { engineRows(); }
    void rollsBackWhenNeverFinished();
    void theLayerCommitsASuccess_data() { engineRows(); }
    void theLayerCommitsASuccess();
    void theLayerRollsBackAFailure_data() { engineRows(); }
    void theLayerRollsBackAFailure();
    void theLayerRollsBackACancelledRequest_data() { engineRows(); }
    void theLayerRollsBackACancelledRequest();
    void aFailingCommitIsTheResponse_data() { engineRows(); }
    void aFailingCommitIsTheResponse();
    void aLostConnectionKeepsBothErrors();
};

namespace {

const QByteArray setUp
    = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
      "CREATE TABLE child (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED);"_ba;

PoolSource poolsOf(std::shared_ptr<SessionPools> pools = std::make_shared<SessionPools>(nullptr))
{
    return [pools](const Target& target) { return pools->pool(target); };
}

Result<void> insert(TransactionLease& lease, int id)
{
    return lease.run([id](TransactionContext& transaction) -> Result<void> {
        const auto inserted
            = transaction.query({ "INSERT INTO t VALUES ("_ba + QByteArray::number(id) + ", 'x')", {} });
        return inserted ? Result<void>() : Result<void>(inserted.error());
    });
}

Result<void> insertOne(RequestContext& context, const Target& target)
{
    auto lease = context.transaction(target);
    return lease ? insert(*lease, 1) : Result<void>(lease.error());
}

QString count(const TestDatabase& database)
{
    return database.scalar("SELECT count(*) FROM t");
}

} // namespace

void tst_UnitOfWork::commitsAllThatIsOutstanding()
{
    QFETCH(EngineKind, engine);
    const TestDatabase first(engine, setUp);
    const TestDatabase second(EngineKind::SQLite, setUp);
    UnitOfWork work(poolsOf(), {});
    for (const TestDatabase* database : { &first, &second }) {
        auto lease = work.transaction(database->target(database == &first ? u"first"_s : u"second"_s));
        QVERIFY(lease.ok());
        QVERIFY(insert(*lease, 1).ok());
    }
    QCOMPARE(count(first), u"0"_s);
    const auto ends = work.finish(UnitOfWork::Decision::Commit);
    QVERIFY(ends.ok());
    QCOMPARE(ends->size(), 2);
    for (const TransactionEnd& end : *ends)
        QCOMPARE(end.end, CommitEnd::Committed);
    QCOMPARE(count(first), u"1"_s);
    QCOMPARE(count(second), u"1"_s);
    QVERIFY(!work.finish(UnitOfWork::Decision::Commit).ok());
    QVERIFY(!work.transaction(first.target(u"first"_s)).ok());
}

void tst_UnitOfWork::rollsBackAllThatIsOutstanding()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    UnitOfWork work(poolsOf(), {});
    {
        auto lease = work.transaction(database.target(u"db"_s));
        QVERIFY(lease.ok());
        QVERIFY(insert(*lease, 1).ok());
    }
    const auto ends = work.finish(UnitOfWork::Decision::RollBack);
    QVERIFY(ends.ok());
    QCOMPARE(ends->first().end, CommitEnd::RolledBack);
    QVERIFY(!ends->first().rollbackError);
    QCOMPARE(count(database), u"0"_s);
}

void tst_UnitOfWork::oneTransactionATarget()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    UnitOfWork work(poolsOf(), {});
    for (int id = 1; id <= 3; ++id) {
        auto lease = work.transaction(database.target(u"db"_s));
        QVERIFY(lease.ok());
        QVERIFY(insert(*lease, id).ok());
    }
    const auto ends = work.finish(UnitOfWork::Decision::Commit);
    QVERIFY(ends.ok());
    QCOMPARE(ends->size(), 1);
    QCOMPARE(count(database), u"3"_s);
}

void tst_UnitOfWork::namesALeaseThatIsStillOut()
{
    const TestDatabase database(EngineKind::SQLite, setUp);
    UnitOfWork work(poolsOf(), {});
    auto lease = work.transaction(database.target(u"the shop"_s));
    QVERIFY(lease.ok());
    QVERIFY(insert(*lease, 1).ok());
    const auto ends = work.finish(UnitOfWork::Decision::Commit);
    QVERIFY(!ends.ok());
    QCOMPARE(ends.error().kind, ErrorKind::Internal);
    QVERIFY(ends.error().message.contains(u"the shop"_s));
    const auto late = insert(*lease, 2);
    QVERIFY(!late.ok());
    QCOMPARE(late.error().kind, ErrorKind::Internal);
    QCOMPARE(count(database), u"0"_s);
}

void tst_UnitOfWork::aLeaseCannotBeTakenTwice()
{
    const TestDatabase database(EngineKind::SQLite, setUp);
    UnitOfWork work(poolsOf(), {});
    {
        const auto lease = work.transaction(database.target(u"db"_s));
        QVERIFY(lease.ok());
        const auto again = work.transaction(database.target(u"db"_s));
        QVERIFY(!again.ok());
        QCOMPARE(again.error().kind, ErrorKind::Internal);
    }
    QVERIFY(work.transaction(database.target(u"db"_s)).ok());
    QVERIFY(work.finish(UnitOfWork::Decision::RollBack).ok());
}

void tst_UnitOfWork::rollsBackWhenNeverFinished()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"never finished; rolling back"_s));
    {
        UnitOfWork work(poolsOf(), {});
        auto lease = work.transaction(database.target(u"db"_s));
        QVERIFY(lease.ok());
        QVERIFY(insert(*lease, 1).ok());
    }
    QCOMPARE(count(database), u"0"_s);
    database.exec("INSERT INTO t VALUES (1, 'free')"); // no lock is left
}

void tst_UnitOfWork::theLayerCommitsASuccess()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    TransactionLayer layer(poolsOf());
    const auto answered = layer.run({}, [&](RequestContext& context) -> Result<QString> {
        const auto inserted = insertOne(context, database.target(u"db"_s));
        return inserted ? Result<QString>(u"done"_s) : Result<QString>(inserted.error());
    });
    QVERIFY(answered.response.ok());
    QCOMPARE(*answered.response, u"done"_s);
    QCOMPARE(count(database), u"1"_s);
}

void tst_UnitOfWork::theLayerRollsBackAFailure()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    TransactionLayer layer(poolsOf());
    const auto answered = layer.run({}, [&](RequestContext& context) -> Result<void> {
        if (const auto inserted = insertOne(context, database.target(u"db"_s)); !inserted)
            return inserted;
        return makeError(ErrorKind::Guard, u"not like this"_s);
    });
    QVERIFY(!answered.response.ok());
    QCOMPARE(answered.response.error().message, u"not like this"_s);
    QCOMPARE(answered.ends.first().end, CommitEnd::RolledBack);
    QCOMPARE(count(database), u"0"_s);
}

void tst_UnitOfWork::theLayerRollsBackACancelledRequest()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    TransactionLayer layer(poolsOf());
    UnitOfWorkOptions options;
    const auto answered = layer.run(options, [&](RequestContext& context) {
        auto inserted = insertOne(context, database.target(u"db"_s));
        options.cancellation.cancel();
        return inserted;
    });
    QVERIFY(!answered.response.ok());
    QVERIFY(answered.response.error().isCancelled());
    QCOMPARE(count(database), u"0"_s);
}

void tst_UnitOfWork::aFailingCommitIsTheResponse()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, setUp);
    TransactionLayer layer(poolsOf());
    const auto answered = layer.run({}, [&](RequestContext& context) -> Result<void> {
        auto lease = context.transaction(database.target(u"db"_s));
        if (!lease)
            return lease.error();
        return lease->run([](TransactionContext& transaction) -> Result<void> {
            const auto orphan = transaction.query({ "INSERT INTO child VALUES (1, 999)"_ba, {} });
            return orphan ? Result<void>() : Result<void>(orphan.error());
        });
    });
    QVERIFY(!answered.response.ok());
    QVERIFY2(answered.response.error().message.contains(u"foreign key"_s, Qt::CaseInsensitive),
             qUtf8Printable(answered.response.error().text()));
    QCOMPARE(answered.ends.first().end, CommitEnd::RolledBack);
    QCOMPARE(database.scalar("SELECT count(*) FROM child"), u"0"_s);
}

void tst_UnitOfWork::aLostConnectionKeepsBothErrors()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, setUp);
    TransactionLayer layer(poolsOf());
    const auto answered = layer.run({}, [&](RequestContext& context) -> Result<void> {
        if (const auto inserted = insertOne(context, database.target(u"db"_s)); !inserted)
            return inserted;
        database.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                      "AND pid <> pg_backend_pid()");
        auto lease = context.transaction(database.target(u"db"_s));
        return lease ? insert(*lease, 2) : Result<void>(lease.error());
    });
    QVERIFY(!answered.response.ok());
    QCOMPARE(answered.response.error().kind, ErrorKind::ConnectionLost);
    QVERIFY(answered.ends.first().rollbackError.has_value());
    QCOMPARE(count(database), u"0"_s);
}

QTEST_GUILESS_MAIN(tst_UnitOfWork)
#include "tst_unitofwork.moc"
