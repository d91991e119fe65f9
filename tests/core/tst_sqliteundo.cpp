// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/dangling.h"
#include "effects/undoable.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

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
    return cautionTexts(run, code).join(u"; "_s);
}

} // namespace

/// What an undo on SQLite brings back, and what is said before where it cannot.
class TestSqliteUndo : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void isToldAndUndone_data();
    void isToldAndUndone();
    void whatDangledLaterIsKept();
    void aParentThatWasMissing_data();
    void aParentThatWasMissing();
    void aNewRowBesideAToldOne();
    void manyParentsThatWereMissing();
    void aRowThatIsNewIsNotLeftBehind();
    void manyAreCounted();
    void whatCannotBeToldIsNotWaitedFor();
    void aNullThatIsForbiddenNow_data();
    void aNullThatIsForbiddenNow();
    void whatIsNotUnicode_data();
    void whatIsNotUnicode();
    void aKeyThatACascadeChanges();
    void aCounterThatComesAndGoes();
    void anIndexThatCoversAll();

private:
    [[nodiscard]] Run apply(const QString& sql, const QString& then = {});
    [[nodiscard]] Run undo(const Run& run, bool accept = false);

    QTemporaryDir m_folder;
    int m_journals = 0;
    std::unique_ptr<TestSqlite> m_database;
    std::unique_ptr<Workbench> m_bench;
};

void TestSqliteUndo::init()
{
    m_database = std::make_unique<TestSqlite>(schemaSql);
    const auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++m_journals))).takeResult();
    QVERIFY(journal);
    m_bench = std::make_unique<Workbench>(*journal, nullptr);
}

Run TestSqliteUndo::apply(const QString& sql, const QString& then)
{
    const Batch batch = batchOf(EngineKind::SQLite, m_database->path(),
                                then.isEmpty() ? QStringList { sql } : QStringList { sql, then });
    const auto run = m_bench->apply(batch, {}, {}).takeResult();
    return run ? *run : Run();
}

Run TestSqliteUndo::undo(const Run& run, bool accept)
{
    RunOptions options;
    options.acceptDifferences = accept;
    const auto undone = m_bench->undo(run.id, true, options).takeResult();
    return undone ? *undone : Run();
}

void TestSqliteUndo::isToldAndUndone_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QStringList>("told");
    const auto other = u"a row of c refers to a row of p that is not there: p = 6"_s;
    QTest::newRow("repaired by another reference") << u"UPDATE c SET p = 1 WHERE p = 5"_s << QStringList { refersTo5 };
    QTest::newRow("by none") << u"UPDATE c SET p = NULL WHERE p > 4"_s << QStringList { refersTo5, other };
    QTest::newRow("deleted") << u"DELETE FROM c WHERE id = 2"_s << QStringList { other };
    QTest::newRow("one of several columns") << u"UPDATE c SET z = 7, p = 1 WHERE id = 1"_s << QStringList { refersTo5 };
    QTest::newRow("left as it is") << u"UPDATE c SET z = 7"_s << QStringList();
    QTest::newRow("the parent goes too") << u"DELETE FROM p WHERE id = 2"_s << QStringList();
    QTest::newRow("the parent's key changes") << u"UPDATE p SET id = 9 WHERE id = 3"_s << QStringList();
}

void TestSqliteUndo::isToldAndUndone()
{
    QFETCH(QString, sql);
    QFETCH(QStringList, told);
    const QString before = m_database->dump();
    const Run applied = apply(sql);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QStringList beforehand;
    std::ranges::transform(told, std::back_inserter(beforehand), dangledBeforehandText);
    QCOMPARE(textsOf(applied, dangledBeforehand), beforehand.join("; "_L1));
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, undone.failure ? qUtf8Printable(undone.failure->error.text()) : "");
    QCOMPARE(textsOf(undone, danglingNow), told.join("; "_L1));
    QCOMPARE(m_database->dump(), before);
    const Run redone = undo(undone);
    QCOMPARE(redone.outcome, Outcome::Committed);
}

void TestSqliteUndo::whatDangledLaterIsKept()
{
    const Run applied = apply(u"UPDATE c SET p = 1 WHERE id IN (1, 3)"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(textsOf(applied, dangledBeforehand), dangledBeforehandText(refersTo5));
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

void TestSqliteUndo::aParentThatWasMissing_data()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("then");
    QTest::addColumn<QString>("told"); // none: the undo is refused, or nothing referred to it
    QTest::addColumn<bool>("undoable");
    const auto add
        = [](const char* name, const QByteArray& setUp, const QString& sql, const QString& then, const QString& told,
             bool undoable) { QTest::newRow(name) << setUp << sql << then << told << undoable; };
    const auto insert = u"INSERT INTO p VALUES (5, 5)"_s;
    add("brought", "", insert, {}, refersTo5, true);
    add("by an update", "", u"UPDATE p SET id = 5 WHERE id = 1"_s, {}, refersTo5, true);
    add("with another child", "", insert, u"INSERT INTO c VALUES (10, 5, 0)"_s, refersTo5, true);
    add("with its own children", "", u"INSERT INTO p VALUES (7, 7)"_s, u"INSERT INTO c VALUES (10, 7, 0)"_s, {}, true);
    add("the child changes otherwise", "", insert, u"UPDATE c SET z = 9"_s, refersTo5, true);
    add("the child goes to another", "", insert, u"UPDATE c SET p = 1 WHERE p = 5"_s, refersTo5, true);
    add("put in again", "", u"DELETE FROM p WHERE id = 1"_s, u"INSERT INTO p VALUES (1, 5)"_s, {}, true);
    const QByteArray large = "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 50100)"
                             " INSERT INTO c SELECT i, NULL, 1 FROM n;";
    add("a large table", large, insert, {}, {}, false);
    add("a large table with an index", large + "CREATE INDEX i ON c (p)", insert, {}, refersTo5, true);
    const QByteArray words = "CREATE TABLE w (a TEXT COLLATE NOCASE UNIQUE, b INT);"
                             "CREATE TABLE x (a TEXT COLLATE NOCASE REFERENCES w (a)); INSERT INTO x VALUES ('One');";
    add("a large table with an index that does not serve", large + "CREATE INDEX i ON c (p COLLATE NOCASE)", insert, {},
        {}, false);
    add("a collation", words, u"INSERT INTO w VALUES ('ONE', 1)"_s, {}, {}, false);
    const QByteArray two = "CREATE TABLE w (a INT, b INTEGER, UNIQUE (b, a));"
                           "CREATE TABLE x (a INTEGER, b BIGINT, FOREIGN KEY (a, b) REFERENCES w (a, b)); @"
                           "INSERT INTO x VALUES (1, 2), (1, NULL);";
    const auto refersToTwo = u"a row of x refers to a row of w that is not there: a = 1, b = 2"_s;
    const auto insertTwo = u"INSERT INTO w VALUES (2, 1), (1, 2)"_s;
    add("two columns", QByteArray(two).replace('@', ""), insertTwo, {}, refersToTwo, true);
    add("two with an index", QByteArray(two).replace('@', "CREATE INDEX i ON x (a);"), insertTwo, {}, refersToTwo,
        true);
}

// Its rows were there before it, so an undo leaves them as they were.
void TestSqliteUndo::aParentThatWasMissing()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QString, sql);
    QFETCH(QString, then);
    QFETCH(QString, told);
    QFETCH(bool, undoable);
    m_database->exec(setUp);
    const QString before = m_database->dump();
    const Run applied = apply(sql, then);
    QVERIFY2(applied.outcome == Outcome::Committed,
             applied.failure ? qUtf8Printable(applied.failure->error.text()) : "");
    QCOMPARE(textsOf(applied, dangledBeforehand), told.isEmpty() ? QString() : dangledBeforehandText(told));
    const QString after = m_database->dump();
    const Run undone = undo(applied);
    QCOMPARE(undone.outcome, undoable ? Outcome::Committed : Outcome::RolledBack);
    QCOMPARE(m_database->dump(), undoable ? before : after);
    if (!undoable) {
        QCOMPARE(undo(applied, true).outcome, Outcome::Committed);
        QCOMPARE(m_database->dump(), before);
        return;
    }
    QCOMPARE(textsOf(undone, danglingNow), told);
    QCOMPARE(undo(undone).outcome, Outcome::Committed);
    QCOMPARE(m_database->dump(), after);
}

// A value that was told is told of as many rows as there were.
void TestSqliteUndo::aNewRowBesideAToldOne()
{
    const Run applied = apply(u"INSERT INTO p VALUES (5, 5)"_s);
    QCOMPARE(textsOf(applied, dangledBeforehand), dangledBeforehandText(refersTo5));
    m_database->exec("INSERT INTO c VALUES (20, 5, 1)");
    const QString before = m_database->dump();
    const Run refused = undo(applied);
    QCOMPARE(refused.outcome, Outcome::RolledBack);
    QCOMPARE(refused.failure->error.detail, u"2 rows of c refer to a row of p that is not there: p = 5"_s);
    QCOMPARE(m_database->dump(), before);
    m_database->exec("DELETE FROM c WHERE id = 20");
    QCOMPARE(undo(applied).outcome, Outcome::Committed);
}

void TestSqliteUndo::manyParentsThatWereMissing()
{
    m_database->exec("PRAGMA foreign_keys = OFF; WITH RECURSIVE i (n) AS (SELECT 101 UNION ALL SELECT n + 1 FROM i"
                     " WHERE n < 350) INSERT INTO c SELECT n, 451 - n, 0 FROM i");
    const QString before = m_database->dump();
    const Run applied = apply(u"INSERT INTO p SELECT p, 0 FROM c WHERE id > 100 AND p > 130 ORDER BY p"_s,
                              u"DELETE FROM c WHERE p BETWEEN 110 AND 170"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    const Run undone = undo(applied);
    QVERIFY2(undone.outcome == Outcome::Committed, undone.failure ? qUtf8Printable(undone.failure->error.text()) : "");
    QCOMPARE(m_database->dump(), before);
}

void TestSqliteUndo::aRowThatIsNewIsNotLeftBehind()
{
    const Run applied = apply(u"INSERT INTO p VALUES (7, 7)"_s);
    m_database->exec("INSERT INTO c VALUES (10, 7, 1)");
    const QString before = m_database->dump();
    const Run refused = undo(applied);
    QCOMPARE(refused.outcome, Outcome::RolledBack);
    QCOMPARE(refused.failure->error.detail, u"a row of c refers to a row of p that is not there: p = 7"_s);
    QCOMPARE(m_database->dump(), before);
}

void TestSqliteUndo::manyAreCounted()
{
    m_database->exec("PRAGMA foreign_keys = OFF; WITH RECURSIVE i (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM i"
                     " WHERE n < 299) INSERT INTO c SELECT n, n, 0 FROM i");
    const QString before = m_database->dump();
    const Run applied = apply(u"DELETE FROM c WHERE id >= 100"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QVERIFY(textsOf(applied, dangledBeforehand)
                .contains(u"c refers to p by 100 more values that are not there, in 100 rows ("_s));
    QCOMPARE(undo(applied).outcome, Outcome::Committed);
    QCOMPARE(m_database->dump(), before);
}

// Changes that do not fit in memory are written into the file, and nobody else can read it then.
void TestSqliteUndo::whatCannotBeToldIsNotWaitedFor()
{
    m_database->exec("CREATE TABLE large (id INTEGER PRIMARY KEY, p REFERENCES p, z);"
                     " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)"
                     " INSERT INTO large SELECT i, 77, NULL FROM n");
    const QString update = u"UPDATE large SET p = NULL, z = zeroblob(65536)"_s;
    const Run applied = apply(u"INSERT INTO p (id) VALUES (90)"_s, update);
    QVERIFY2(applied.outcome == Outcome::Committed, qUtf8Printable(applied.cause));
    QCOMPARE(textsOf(applied, dangledBeforehand),
             u"whether large referred to rows of p that were not there cannot be told: database is locked"_s);
    QCOMPARE(undo(applied).outcome, Outcome::RolledBack);
    const Run undone = undo(applied, true);
    QVERIFY2(undone.outcome == Outcome::Committed, qUtf8Printable(undone.cause));
}

void TestSqliteUndo::aNullThatIsForbiddenNow_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<bool>("undoable");
    QTest::newRow("is filled") << u"UPDATE p SET v = 7 WHERE id = 4"_s << false;
    QTest::newRow("is deleted") << u"DELETE FROM p WHERE id = 4"_s << false;
    QTest::newRow("stays") << u"UPDATE p SET id = 9 WHERE id = 4"_s << true;
    QTest::newRow("of another row") << u"UPDATE p SET v = 7 WHERE id = 1"_s << true;
}

// Nobody can put it back, so it is said before.
void TestSqliteUndo::aNullThatIsForbiddenNow()
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

void TestSqliteUndo::whatIsNotUnicode_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<bool>("undoable");
    const QByteArray table
        = "CREATE TABLE n (id INTEGER PRIMARY KEY, v); INSERT INTO n VALUES (1, CAST(x'00d8' AS TEXT))";
    QTest::newRow("text in UTF-16") << "PRAGMA encoding = 'UTF-16le';" + table << false;
    QTest::newRow("in UTF-8") << table << true;
    QTest::newRow("a column") << table + "; ALTER TABLE n ADD COLUMN \"a\xff\"" << false;
}

void TestSqliteUndo::whatIsNotUnicode()
{
    QFETCH(QByteArray, schema);
    QFETCH(bool, undoable);
    m_database = std::make_unique<TestSqlite>(schema);
    const Run applied = apply(u"UPDATE n SET v = 'q'"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(textsOf(applied, notUnicode).isEmpty(), undoable);
    QCOMPARE(textsOf(applied, "not-undoable"_L1).isEmpty(), undoable);
    const auto undone = m_bench->undo(applied.id, true, {}).takeResult();
    QCOMPARE(undone && undone->outcome == Outcome::Committed, undoable);
}

void TestSqliteUndo::aKeyThatACascadeChanges()
{
    m_database->exec("CREATE TABLE u (code PRIMARY KEY); INSERT INTO u VALUES (1), (2);"
                     "CREATE TABLE w (a, code REFERENCES u ON UPDATE CASCADE, b, PRIMARY KEY (a, code)) WITHOUT ROWID;"
                     "INSERT INTO w VALUES ('x', 1, 5), ('y', 2, 6)");
    const QString before = m_database->dump();
    const Run applied = apply(u"UPDATE u SET code = code + 10"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(undo(applied).outcome, Outcome::Committed);
    QCOMPARE(m_database->dump(), before);
}

void TestSqliteUndo::aCounterThatComesAndGoes()
{
    m_database->exec("CREATE TABLE q (id INTEGER PRIMARY KEY AUTOINCREMENT)");
    Batch batch;
    batch.targets = { { u"shop"_s, EngineKind::SQLite, m_database->path(), Environment::Development, false } };
    for (const QString& sql : { u"INSERT INTO q SELECT 1 WHERE 0"_s, u"DELETE FROM sqlite_sequence"_s })
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, sql));
    const auto run = m_bench->preview(batch, {}).takeResult();
    QVERIFY(run && run->outcome == Outcome::Ready);
    QVERIFY(run->effects.first().tables.isEmpty());
}

// The hook comes when the index has lost the row already. Its key, as the hook gives it, is not to be trusted.
void TestSqliteUndo::anIndexThatCoversAll()
{
    m_database->exec("CREATE TABLE m (a BOOLEAN, b INT, c DOUBLE, d TEXT, PRIMARY KEY (c, d, a)) WITHOUT ROWID;"
                     "CREATE UNIQUE INDEX covers ON m (b); INSERT INTO m VALUES (5, 'x', 1.0, '7')");
    const QString before = m_database->dump();
    const Run applied = apply(u"DELETE FROM m WHERE c = 1.0"_s);
    QCOMPARE(applied.outcome, Outcome::Committed);
    QCOMPARE(applied.effects.first().tables.size(), 1);
    QCOMPARE(applied.effects.first().tables.first().deleted, 1);
    QCOMPARE(undo(applied).outcome, Outcome::Committed);
    QCOMPARE(m_database->dump(), before);
}

QTEST_GUILESS_MAIN(TestSqliteUndo)
#include "tst_sqliteundo.moc"
