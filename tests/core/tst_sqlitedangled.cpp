// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "effects/undoable.h"
#include "execution/workbench.h"
#include "support/testdatabase.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schemaSql = R"(
    CREATE TABLE p (id INTEGER PRIMARY KEY, v);
    CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, z);
    INSERT INTO p VALUES (1, 1), (2, 2), (3, 3);
    INSERT INTO c VALUES (1, 5, 1), (2, 6, 1), (3, 2, 1), (4, 3, 1), (5, NULL, 1);)";
const auto refersTo5 = u"a row of c refers to a row of p that is not there: p = 5"_s;

QString textsOf(const Run& run, QLatin1StringView code)
{
    QStringList texts;
    for (const TargetEffects& effects : run.effects) {
        for (const Caution& caution : effects.cautions) {
            if (caution.code == code)
                texts.append(caution.text);
        }
    }
    return texts.join(u"; "_s);
}

} // namespace

/// References to nothing that a run takes away: they are told, and an undo brings back those and no others.
class TestSqliteDangled : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void isToldAndUndone_data();
    void isToldAndUndone();
    void whatDangledLaterIsKept();
    void aParentThatIsReferredToStays();
    void manyAreCounted();
    void aNullThatIsForbiddenNow_data();
    void aNullThatIsForbiddenNow();

private:
    [[nodiscard]] Run apply(const QString& sql);
    [[nodiscard]] Run undo(const Run& run, bool accept = false);

    QTemporaryDir m_folder;
    int m_journals = 0;
    std::unique_ptr<TestSqlite> m_database;
    std::unique_ptr<Workbench> m_bench;
};

void TestSqliteDangled::init()
{
    m_database = std::make_unique<TestSqlite>(schemaSql);
    const auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++m_journals))).takeResult();
    QVERIFY(journal);
    m_bench = std::make_unique<Workbench>(*journal, nullptr);
}

Run TestSqliteDangled::apply(const QString& sql)
{
    Batch batch;
    batch.targets = { { u"shop"_s, EngineKind::SQLite, m_database->path(), Environment::Development, false } };
    batch.commands = { std::make_shared<RunSql>(u"shop"_s, sql) };
    const auto run = m_bench->apply(batch, {}, {}).takeResult();
    return run ? *run : Run();
}

Run TestSqliteDangled::undo(const Run& run, bool accept)
{
    RunOptions options;
    options.acceptDifferences = accept;
    const auto undone = m_bench->undo(run.id, true, options).takeResult();
    return undone ? *undone : Run();
}

void TestSqliteDangled::isToldAndUndone_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("told");
    const auto other = u"a row of c refers to a row of p that is not there: p = 6"_s;
    QTest::newRow("repaired by another reference") << u"UPDATE c SET p = 1 WHERE p = 5"_s << refersTo5;
    QTest::newRow("by none") << u"UPDATE c SET p = NULL WHERE p > 4"_s << QString(refersTo5 + u"; "_s + other);
    QTest::newRow("deleted") << u"DELETE FROM c WHERE id = 2"_s << other;
    QTest::newRow("one of several columns") << u"UPDATE c SET z = 7, p = 1 WHERE id = 1"_s << refersTo5;
    QTest::newRow("left as it is") << u"UPDATE c SET z = 7"_s << QString();
    QTest::newRow("the parent goes too") << u"DELETE FROM p WHERE id = 2"_s << QString();
    QTest::newRow("the parent's key changes") << u"UPDATE p SET id = 9 WHERE id = 3"_s << QString();
}

void TestSqliteDangled::isToldAndUndone()
{
    QFETCH(QString, sql);
    QFETCH(QString, told);
    const QString before = m_database->dump();
    const Run applied = apply(sql);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(textsOf(applied, dangledBeforehand), told);
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, undone.failure ? qUtf8Printable(undone.failure->error.text()) : "");
    QCOMPARE(textsOf(undone, danglingNow), told);
    QCOMPARE(m_database->dump(), before);
    const Run redone = undo(undone);
    QCOMPARE(redone.outcome, Outcome::Committed);
}

void TestSqliteDangled::whatDangledLaterIsKept()
{
    const Run applied = apply(u"UPDATE c SET p = 1 WHERE id IN (1, 3)"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(textsOf(applied, dangledBeforehand), refersTo5);
    m_database->exec("DELETE FROM p WHERE id = 2");
    const QString before = m_database->dump();
    const Run undone = undo(applied);
    QCOMPARE(undone.outcome, Outcome::RolledBack);
    QCOMPARE(undone.failure->error.message, u"FOREIGN KEY constraint failed"_s);
    QCOMPARE(undone.failure->error.detail, u"a row of c refers to a row of p that is not there: p = 2"_s);
    QCOMPARE(m_database->dump(), before);
    QCOMPARE(undo(applied, true).outcome, Outcome::Committed);
    QCOMPARE(m_database->scalar("SELECT group_concat(p) FROM c"), u"5,6,2,3"_s);
}

// Whether its rows referred to nothing before, or are newer, is not known.
void TestSqliteDangled::aParentThatIsReferredToStays()
{
    const QString before = m_database->dump();
    const Run applied = apply(u"INSERT INTO p VALUES (5, 5)"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    const Run refused = undo(applied);
    QCOMPARE(refused.outcome, Outcome::RolledBack);
    QCOMPARE(refused.failure->error.detail, refersTo5);
    const Run undone = undo(applied, true);
    QCOMPARE(undone.outcome, Outcome::Committed);
    QCOMPARE(textsOf(undone, danglingNow), refersTo5);
    QCOMPARE(m_database->dump(), before);
}

void TestSqliteDangled::manyAreCounted()
{
    m_database->exec("PRAGMA foreign_keys = OFF; WITH RECURSIVE i (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM i"
                     " WHERE n < 299) INSERT INTO c SELECT n, n, 0 FROM i");
    const QString before = m_database->dump();
    const Run applied = apply(u"DELETE FROM c WHERE id >= 100"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QVERIFY(textsOf(applied, dangledBeforehand).endsWith(u"c refers to p by 100 more values that are not there"_s));
    QCOMPARE(undo(applied).outcome, Outcome::Committed);
    QCOMPARE(m_database->dump(), before);
}

void TestSqliteDangled::aNullThatIsForbiddenNow_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<bool>("undoable");
    QTest::newRow("is filled") << u"UPDATE p SET v = 7 WHERE id = 4"_s << false;
    QTest::newRow("is deleted") << u"DELETE FROM p WHERE id = 4"_s << false;
    QTest::newRow("stays") << u"UPDATE p SET id = 9 WHERE id = 4"_s << true;
    QTest::newRow("of another row") << u"UPDATE p SET v = 7 WHERE id = 1"_s << true;
}

// Nobody can put it back, so it is said before.
void TestSqliteDangled::aNullThatIsForbiddenNow()
{
    QFETCH(QString, sql);
    QFETCH(bool, undoable);
    m_database->exec("INSERT INTO p VALUES (4, NULL); PRAGMA writable_schema = ON;"
                     "UPDATE sqlite_schema SET sql = replace(sql, ', v)', ', v NOT NULL)') WHERE name = 'p';"
                     "PRAGMA writable_schema = OFF");
    const Run applied = apply(sql);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(textsOf(applied, forbiddenNulls).isEmpty(), undoable);
    QCOMPARE(textsOf(applied, "not-undoable"_L1).isEmpty(), undoable);
    const auto undone = m_bench->undo(applied.id, true, {}).takeResult();
    QCOMPARE(undone && undone->outcome == Outcome::Committed, undoable);
}

QTEST_GUILESS_MAIN(TestSqliteDangled)
#include "tst_sqlitedangled.moc"
