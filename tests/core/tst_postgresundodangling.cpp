// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/dangling.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

#include <QTest>

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

QString refersTo(int value, const QString& child = u"public.c"_s)
{
    return u"a row of %1 refers to a row of public.p that is not there: p = %2"_s.arg(child).arg(value);
}

QString beforehand(int value, const QString& child = u"public.c"_s)
{
    return dangledBeforehandText(refersTo(value, child));
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
    void aTruncatedParentIsNotAsked();

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
    QCOMPARE(cautionTexts(applied, dangledBeforehand).last(),
             dangledBeforehandText(u"public.c refers to public.p by 200 more values that are not there"_s));
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

void TestPostgresUndoDangling::aTruncatedParentIsNotAsked()
{
    const Run applied = apply({ u"DELETE FROM part"_s, u"TRUNCATE p CASCADE"_s });
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(reason(applied)));
    QCOMPARE(cautionTexts(applied, dangledBeforehand), QStringList());
}

QTEST_GUILESS_MAIN(TestPostgresUndoDangling)
#include "tst_postgresundodangling.moc"
