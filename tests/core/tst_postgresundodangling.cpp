// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/dangling.h"
#include "support/postgresconnections.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

// Row 5 of c was there before its key, which says nothing of it; a trigger keeps row 4 from what the key does to it.
// The key of another table is of types whose equal values may have unlike texts.
constexpr auto schema = R"sql(
CREATE TABLE p (id int PRIMARY KEY, v int, code numeric UNIQUE);
CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE, z int);
CREATE TABLE n (id int PRIMARY KEY, code numeric REFERENCES p (code) ON DELETE SET NULL);
CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
INSERT INTO p SELECT i, i, i FROM generate_series(1, 4) i;
INSERT INTO c VALUES (1, 1, 0), (2, 2, 0), (4, 4, 0), (6, NULL, 0);
INSERT INTO n VALUES (1, 1.0), (4, 4.00);
SET session_replication_role = replica; INSERT INTO c VALUES (5, 9, 0), (7, 8, 0); RESET session_replication_role;
CREATE TRIGGER keep BEFORE UPDATE ON c FOR EACH ROW WHEN (old.id = 4 AND new.p IS DISTINCT FROM old.p) EXECUTE FUNCTION skip();
CREATE TABLE part (k int, id int, p int REFERENCES p, PRIMARY KEY (k, id)) PARTITION BY LIST (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1); CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2);
SET session_replication_role = replica; INSERT INTO part VALUES (1, 1, 9), (2, 1, 3); RESET session_replication_role;
)sql";

QString refersTo(int value)
{
    return u"a row of public.c refers to a row of public.p that is not there: p = %1"_s.arg(value);
}

QString beforehand(int value)
{
    return dangledBeforehandText(refersTo(value));
}

QString reason(const Run& run)
{
    return run.failure ? run.failure->error.text() : outcomeName(run.outcome);
}

} // namespace

/// What an undo on PostgreSQL brings back that referred to nothing.
class TestPostgresUndoDangling : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void isToldAndUndone_data();
    void isToldAndUndone();
    void whatAnActionLeftIsBroughtBack();
    void aRowThatIsNewIsNotLeftBehind();
    void manyAreCounted();
    void byAUserWhoMayNotReadTheParent();
    void aParentThatTheBatchLocksIsNotAsked();
    void whatOthersHaveLockedIsNotWaitedFor();
    void manyInTwoWays();
    void aTemporaryTableHidesNothing();
    void aNewRowBesideAToldOne_data();
    void aNewRowBesideAToldOne();
    void aParentThatWasMissing_data();
    void aParentThatWasMissing();
    void anEmptyTextIsNotNull();

private:
    [[nodiscard]] Run apply(const QStringList& sql, const QString& uri = {});
    [[nodiscard]] Run undo(const Run& run);

    std::unique_ptr<TestPostgres> m_database;
    std::unique_ptr<TestWorkbench> m_bench;
};

void TestPostgresUndoDangling::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresUndoDangling::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_database = std::make_unique<TestPostgres>(schema);
    m_bench = std::make_unique<TestWorkbench>();
}

Run TestPostgresUndoDangling::apply(const QStringList& sql, const QString& uri)
{
    const Batch batch = batchOf(EngineKind::PostgreSQL, uri.isEmpty() ? m_database->uri() : uri, sql);
    const auto run = (*m_bench)->apply(batch, {}, {}).takeResult();
    return run ? *run : Run();
}

Run TestPostgresUndoDangling::undo(const Run& run)
{
    const auto undone = (*m_bench)->undo(run.id, true, {}).takeResult();
    return undone ? *undone : Run();
}

void TestPostgresUndoDangling::isToldAndUndone_data()
{
    QTest::addColumn<QStringList>("sql");
    QTest::addColumn<QList<int>>("told");
    const auto add
        = [](const char* name, const QStringList& sql, const QList<int>& told) { QTest::newRow(name) << sql << told; };
    add("repaired by another reference", { u"UPDATE c SET p = 1 WHERE p = 9"_s }, { 9 });
    add("by none", { u"UPDATE c SET p = NULL WHERE p > 7"_s }, { 8, 9 });
    add("deleted", { u"DELETE FROM c WHERE id = 7"_s }, { 8 });
    add("left as it is", { u"UPDATE c SET z = 7"_s }, {});
    add("sound ones", { u"DELETE FROM c WHERE id < 4"_s }, {});
    add("the parent is brought", { u"INSERT INTO p VALUES (8, 8, 8)"_s, u"DELETE FROM c WHERE id IN (1, 7)"_s }, { 8 });
    add("another parent is brought", { u"INSERT INTO p VALUES (10, 8, 8)"_s, u"DELETE FROM c WHERE id = 7"_s }, { 8 });
    add("parent and child go", { u"DELETE FROM c WHERE id = 2"_s, u"DELETE FROM p WHERE id = 2"_s }, {});
    add("both directions", { u"DELETE FROM c"_s, u"DELETE FROM n"_s, u"DELETE FROM p"_s }, { 8, 9 });
}

void TestPostgresUndoDangling::isToldAndUndone()
{
    QFETCH(QStringList, sql);
    QFETCH(QList<int>, told);
    m_database->exec("DELETE FROM part");
    const QString before = m_database->dump();
    const Run applied = apply(sql);
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    const QString after = m_database->dump();
    QStringList expected;
    QStringList left;
    for (const int value : told) {
        expected.append(beforehand(value));
        left.append(refersTo(value));
    }
    QCOMPARE(cautionTexts(applied, dangledBeforehand), expected);
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
    QCOMPARE(cautionTexts(undone, danglingNow), left);
    QCOMPARE(m_database->dump(), before);
    const Run redone = undo(undone);
    QVERIFY2(redone.outcome == Outcome::Committed, qUtf8Printable(reason(redone)));
    QCOMPARE(m_database->dump(), after);
}

// The key's SET NULL is skipped for one row, and nobody says so: the undo of the undo leaves it so again.
void TestPostgresUndoDangling::whatAnActionLeftIsBroughtBack()
{
    const QString before = m_database->dump();
    const Run applied = apply({ u"DELETE FROM p WHERE id IN (2, 4)"_s });
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    const QString after = m_database->dump();
    QCOMPARE(m_database->scalar("SELECT p FROM c WHERE id = 4"), u"4"_s);
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
    QCOMPARE(cautionTexts(undone, dangledBeforehand), QStringList { beforehand(4) });
    QCOMPARE(m_database->dump(), before);
    const Run redone = undo(undone);
    QVERIFY2(redone.outcome == Outcome::Committed, qUtf8Printable(reason(redone)));
    QCOMPARE(cautionTexts(redone, danglingNow), QStringList { refersTo(4) });
    QCOMPARE(m_database->dump(), after);
    const Run again = undo(redone);
    QVERIFY2(again.outcome == Outcome::Committed, qUtf8Printable(reason(again)));
    QCOMPARE(m_database->dump(), before);
}

void TestPostgresUndoDangling::aRowThatIsNewIsNotLeftBehind()
{
    const Run undone = undo(apply({ u"DELETE FROM p WHERE id = 2"_s }));
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
    m_database->exec("INSERT INTO c VALUES (20, 2, 0)");
    const QString before = m_database->dump();
    const Run redone = undo(undone);
    QVERIFY(redone.outcome != Outcome::Committed);
    QVERIFY2(reason(redone).contains(u"c_p_fkey"_s), qUtf8Printable(reason(redone)));
    QCOMPARE(m_database->dump(), before);
}

void TestPostgresUndoDangling::manyAreCounted()
{
    m_database->exec("SET session_replication_role = replica;"
                     "INSERT INTO c SELECT i, i, 0 FROM generate_series(1001, 1300) i");
    const QString before = m_database->dump();
    const Run applied = apply({ u"DELETE FROM c WHERE id > 1000"_s });
    QCOMPARE(cautionTexts(applied, dangledBeforehand).size(), 101);
    const QString more = cautionTexts(applied, dangledBeforehand).last();
    QVERIFY2(more.startsWith(u"public.c refers to public.p by 200 more values that are not there, in 200 rows ("_s),
             qUtf8Printable(more));
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
    QCOMPARE(m_database->dump(), before);
}

void TestPostgresUndoDangling::byAUserWhoMayNotReadTheParent()
{
    const QByteArray role = "clerk_" + m_database->name().toUtf8();
    m_database->exec("CREATE ROLE " + role + " LOGIN; GRANT SELECT, UPDATE, DELETE ON c TO " + role);
    const auto dropped = qScopeGuard([&] { m_database->exec("DROP OWNED BY " + role + "; DROP ROLE " + role); });
    const Run applied = apply({ u"DELETE FROM c WHERE id = 7"_s }, m_database->uriAs(QString::fromUtf8(role)));
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    QCOMPARE(cautionTexts(applied, dangledBeforehand), QStringList());
}

// Its old world would wait for the lock that the batch itself holds.
void TestPostgresUndoDangling::aParentThatTheBatchLocksIsNotAsked()
{
    QElapsedTimer timer;
    timer.start();
    const Run applied = apply({ u"LOCK TABLE p"_s, u"UPDATE p SET v = 9"_s, u"DELETE FROM c WHERE id = 7"_s });
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    QCOMPARE(cautionTexts(applied, dangledBeforehand), QStringList());
    QVERIFY2(timer.elapsed() < 4000, "it waits for itself"); // the lock time-out is 5 seconds
}

void TestPostgresUndoDangling::whatOthersHaveLockedIsNotWaitedFor()
{
    const auto other = connectTo(*m_database);
    QVERIFY(other->begin(TransactionMode::Write).ok());
    QVERIFY(other->query({ "LOCK TABLE c", {} }).ok());
    QElapsedTimer timer;
    timer.start();
    const Run applied = apply({ u"INSERT INTO p VALUES (8, 8, 8)"_s });
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    QCOMPARE(cautionTexts(applied, dangledBeforehand), QStringList());
    QVERIFY2(timer.elapsed() < 4000, "it waits for the other session"); // the lock time-out is 5 seconds
    QVERIFY(other->rollback().ok());
}

void TestPostgresUndoDangling::manyInTwoWays()
{
    m_database->exec("SET session_replication_role = replica;"
                     "INSERT INTO c SELECT i, i, 0 FROM generate_series(1001, 1150) i");
    const QString before = m_database->dump();
    const Run applied = apply({ u"INSERT INTO p SELECT i, i, i FROM generate_series(1001, 1150) i"_s,
                                u"DELETE FROM c WHERE id BETWEEN 1050 AND 1080"_s });
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
    QCOMPARE(m_database->dump(), before);
}

void TestPostgresUndoDangling::aTemporaryTableHidesNothing()
{
    const Run applied = apply({ u"CREATE TEMP TABLE ids AS SELECT 7 AS id"_s,
                                u"DELETE FROM c WHERE id IN (SELECT id FROM ids)"_s, u"DROP TABLE ids"_s });
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    QCOMPARE(cautionTexts(applied, dangledBeforehand), QStringList { beforehand(8) });
}

// A value that was told is told of as many rows as there were.
void TestPostgresUndoDangling::aNewRowBesideAToldOne_data()
{
    QTest::addColumn<QStringList>("sql");
    QTest::addColumn<QByteArray>("then");
    QTest::newRow("refers to the parent that was brought")
        << QStringList { u"INSERT INTO p VALUES (8, 8, 8)"_s } << QByteArray("INSERT INTO c VALUES (20, 8, 0)");
    QTest::newRow("beside the child that was taken")
        << QStringList { u"INSERT INTO p VALUES (8, 8, 8)"_s, u"DELETE FROM c WHERE id = 7"_s }
        << QByteArray("INSERT INTO c VALUES (20, 8, 0), (21, 8, 0)");
}

void TestPostgresUndoDangling::aNewRowBesideAToldOne()
{
    QFETCH(QStringList, sql);
    QFETCH(QByteArray, then);
    const Run applied = apply(sql);
    QCOMPARE(cautionTexts(applied, dangledBeforehand), QStringList { beforehand(8) });
    m_database->exec(then);
    const QString before = m_database->dump();
    const Run refused = undo(applied);
    QVERIFY2(refused.outcome == Outcome::RolledBack, qUtf8Printable(reason(refused)));
    QVERIFY2(reason(refused).contains(u"c_p_fkey"_s), qUtf8Printable(reason(refused)));
    QCOMPARE(m_database->dump(), before);
    m_database->exec("DELETE FROM c WHERE id >= 20");
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
}

void TestPostgresUndoDangling::aParentThatWasMissing_data()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QStringList>("sql");
    QTest::addColumn<QStringList>("told");
    const auto add = [](const char* name, const QByteArray& setUp, const QStringList& sql, const QStringList& told) {
        QTest::newRow(name) << setUp << sql << told;
    };
    const auto insert = u"INSERT INTO p VALUES (8, 8, 8)"_s;
    add("brought", "", { insert }, { refersTo(8) });
    add("by an update", "DELETE FROM c WHERE id = 1; DELETE FROM n", { u"UPDATE p SET id = 8 WHERE id = 1"_s },
        { refersTo(8) });
    add("with its own children", "", { u"INSERT INTO p VALUES (18, 8, 8)"_s, u"INSERT INTO c VALUES (10, 18, 0)"_s },
        {});
    add("with one more child", "", { insert, u"INSERT INTO c VALUES (10, 8, 0)"_s }, { refersTo(8) });
    const auto three = u"3 rows of public.c refer to a row of public.p that is not there: p = 8"_s;
    const QByteArray more = "SET session_replication_role = replica; INSERT INTO c VALUES (8, 8, 0), (9, 8, 0);"
                            " RESET session_replication_role;";
    add("for several", more, { insert }, { three });
    add("one of several goes", more, { insert, u"DELETE FROM c WHERE id = 8"_s }, { three, refersTo(8) });
    add("put in again", "DELETE FROM c WHERE id < 5; DELETE FROM n",
        { u"DELETE FROM p WHERE id = 1"_s, u"INSERT INTO p VALUES (1, 7, 7)"_s }, {});
    const QByteArray words
        = "CREATE TABLE w (a text UNIQUE); CREATE TABLE x (a text REFERENCES w (a)); INSERT INTO w VALUES ('');"
          "INSERT INTO x VALUES (''), (NULL); SET session_replication_role = replica; INSERT INTO x VALUES ('b');";
    add("a text", words, { u"INSERT INTO w VALUES ('b')"_s, u"UPDATE x SET a = NULL WHERE a = ''"_s },
        { u"a row of public.x refers to a row of public.w that is not there: a = b"_s });
}

// Its rows were there before it, so an undo leaves them as they were.
void TestPostgresUndoDangling::aParentThatWasMissing()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QStringList, sql);
    QFETCH(QStringList, told);
    m_database->exec("DELETE FROM part");
    m_database->exec(setUp);
    const QString before = m_database->dump();
    const Run applied = apply(sql);
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    QStringList expected;
    std::ranges::transform(told, std::back_inserter(expected), dangledBeforehandText);
    QCOMPARE(cautionTexts(applied, dangledBeforehand), expected);
    const QString after = m_database->dump();
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(reason(undone)));
    QCOMPARE(m_database->dump(), before);
    const Run redone = undo(undone);
    QVERIFY2(redone.outcome == Outcome::Committed, qUtf8Printable(reason(redone)));
    QCOMPARE(m_database->dump(), after);
}

// '' is a value, NULL is none.
void TestPostgresUndoDangling::anEmptyTextIsNotNull()
{
    m_database->exec("CREATE TABLE w (a text UNIQUE); CREATE TABLE x (id int PRIMARY KEY, a text REFERENCES w (a));"
                     "INSERT INTO w VALUES (''); INSERT INTO x VALUES (1, '')");
    const Run applied = apply({ u"UPDATE x SET a = NULL WHERE a = ''"_s });
    m_database->exec("DELETE FROM w");
    const Run refused = undo(applied);
    QVERIFY2(refused.outcome == Outcome::RolledBack, qUtf8Printable(reason(refused)));
    QVERIFY2(reason(refused).contains(u"x_a_fkey"_s), qUtf8Printable(reason(refused)));
}

QTEST_GUILESS_MAIN(TestPostgresUndoDangling)
#include "tst_postgresundodangling.moc"
