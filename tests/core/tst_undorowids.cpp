// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/workbench.h"
#include "support/inversecases.h"
#include "support/scriptbatch.h"
#include "support/testdatabase.h"

#include <QTest>

#include <algorithm>
#include <span>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

Batch batchOf(const TestSqlite& file, const QByteArray& script)
{
    return batchOf(Target { .name = u"db"_s, .engine = EngineKind::SQLite, .address = file.path() }, script);
}

QByteArray quoted(const QString& name)
{
    return '"' + name.toUtf8().replace('"', "\"\"") + '"';
}

QByteArray rowidOf(const TestSqlite& file, const QString& table)
{
    QStringList columns;
    for (const TextRow& row : file.query("SELECT lower(name) FROM pragma_table_xinfo(" + quoted(table) + ')'))
        columns.append(row.first());
    const QByteArrayList names { "rowid", "_rowid_", "oid" };
    return *std::ranges::find_if(names,
                                 [&](const QByteArray& name) { return !columns.contains(QString::fromLatin1(name)); });
}

/// Every row with its rowid, in the order in which sqlite3's .dump writes them.
QStringList rowidDump(const TestSqlite& file)
{
    QStringList lines;
    for (const TextRow& table : file.query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 0 AND"
                                           " type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1")) {
        const QByteArray rowid = rowidOf(file, table.first());
        for (const TextRow& row : file.query("SELECT " + rowid + ", * FROM " + quoted(table.first()) + " ORDER BY 1"))
            lines.append(table.first() + u": "_s + row.join(u'|'));
    }
    return lines;
}

QString why(const Result<Run>& run)
{
    if (!run)
        return run.error().text();
    return outcomeName(run->outcome) + u' ' + run->cause
        + (run->failure ? u' ' + run->failure->error.text() : QString());
}

QStringList cautionTexts(const Run& run)
{
    QStringList texts;
    for (const Caution& caution : run.effects.value(0).cautions)
        texts.append(caution.code + u": "_s + caution.text);
    return texts;
}

std::optional<qint64> rowidOfDeleted(const Run& run)
{
    for (const RowChange& row : run.effects.first().tables.first().rows) {
        if (row.change == ChangeKind::Delete)
            return row.rowid;
    }
    return {};
}

// Where an insert under the next rowid would be seen.
inline const Case rowidCases[] = {
    { "rows from the middle", "CREATE TABLE t(a); INSERT INTO t VALUES ('a'), ('b'), ('c'), ('d'), ('e');",
      "DELETE FROM t WHERE a IN ('b', 'd');" },
    { "a text key", "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('z', 1), ('y', 2), ('x', 3);",
      "DELETE FROM t WHERE k = 'z'; UPDATE t SET k = 'w' WHERE k = 'y'; INSERT INTO t VALUES ('a', 9);" },
    { "a replaced row", "CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('z', 1), ('y', 2), ('x', 3);",
      "REPLACE INTO t VALUES ('z', 9), ('y', 8);" },
    { "rowids moved up with values", "CREATE TABLE t(a); INSERT INTO t VALUES ('a'), ('b'), ('c');",
      "UPDATE t SET rowid = 4, a = 'C' WHERE rowid = 3; UPDATE t SET rowid = 3, a = 'B' WHERE rowid = 2;"
      "UPDATE t SET rowid = 2, a = 'A' WHERE rowid = 1;" },
    { "rowids moved down with values",
      "CREATE TABLE t(a); INSERT INTO t(rowid, a) VALUES (2, 'a'), (3, 'b'), (4, 'c');",
      "UPDATE t SET rowid = rowid - 1, a = upper(a);" },
    { "a rowid taken by a new row", "CREATE TABLE t(a); INSERT INTO t VALUES ('a'), ('b');",
      "DELETE FROM t WHERE a = 'b'; INSERT INTO t VALUES ('n');" },
    { "a rowid taken from a moved row", "CREATE TABLE t(a); INSERT INTO t VALUES ('a'), ('b');",
      "UPDATE t SET rowid = 9, a = 'B' WHERE rowid = 2; INSERT INTO t(rowid, a) VALUES (2, 'n');" },
    { "one of equal rows", "CREATE TABLE t(a); INSERT INTO t VALUES ('x'), ('y'), ('x'), ('y'), ('x');",
      "DELETE FROM t WHERE rowid = 3; UPDATE t SET a = 'y' WHERE rowid = 5; INSERT INTO t VALUES ('y');" },
    { "a negative rowid", "CREATE TABLE t(a); INSERT INTO t(rowid, a) VALUES (-9223372036854775808, 'a'), (0, 'b');",
      "DELETE FROM t;" },
    { "unique values exchanged", "CREATE TABLE t(a TEXT UNIQUE, b); INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3);",
      "UPDATE t SET a = 'q' WHERE b = 1; UPDATE t SET a = 'a' WHERE b = 2; UPDATE t SET a = 'b' WHERE b = 1;" },
    { "a descending integer key", // which is no rowid
      "CREATE TABLE t(id INTEGER PRIMARY KEY DESC, v); INSERT INTO t VALUES (7, 'a'), (8, 'b'), (9, 'c');",
      "DELETE FROM t WHERE id = 7; UPDATE t SET id = 10 WHERE id = 8;" },
};

} // namespace

#define VERIFY_COMMITTED(run) QVERIFY2((run).ok() && (run)->outcome == Outcome::Committed, qUtf8Printable(why(run)))

/// An undo puts rows back under the rowids that they had, where no column tells these.
class TestUndoRowids : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void restoresRowids_data();
    void restoresRowids();
    void anIndexByRowidFits();
    void aRowidThatIsTakenStays();
    void rowsAreFoundAfterVacuum();
    void aTableThatHasAnotherKeyNow();
    void saysWhichRowsOnlyMoved();
    void rowidsAreNoEffect();
    void usualTablesHaveNone();

private:
    [[nodiscard]] std::unique_ptr<Workbench> workbench();

    QTemporaryDir m_folder;
};

std::unique_ptr<Workbench> TestUndoRowids::workbench()
{
    static int number = 0;
    const auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++number))).takeResult();
    return std::make_unique<Workbench>(*journal, nullptr);
}

void TestUndoRowids::restoresRowids_data()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QByteArray>("change");
    for (const auto cases : { std::span<const Case>(rowidCases), std::span<const Case>(common),
                              std::span<const Case>(exchanged), std::span<const Case>(sqliteOnly) }) {
        for (const Case& each : cases)
            QTest::addRow("%s", each.name) << QByteArray(each.setUp) << QByteArray(each.change);
    }
}

void TestUndoRowids::restoresRowids()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QByteArray, change);
    const TestSqlite file(setUp);
    const QStringList before = rowidDump(file);
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(file, change), {}, {}).takeResult();
    VERIFY_COMMITTED(applied);
    const QStringList after = rowidDump(file);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_COMMITTED(undone);
    QCOMPARE(rowidDump(file), before);
    const auto redone = bench->undo(undone->id, true, {}).takeResult();
    VERIFY_COMMITTED(redone);
    QCOMPARE(rowidDump(file), after);
}

// A full-text index over another table names its rows by rowid. No trigger runs in an undo.
void TestUndoRowids::anIndexByRowidFits()
{
    const TestSqlite file("CREATE TABLE d(t); CREATE VIRTUAL TABLE f USING fts5(t, content='d');"
                          "CREATE TRIGGER di AFTER INSERT ON d BEGIN INSERT INTO f(rowid, t) VALUES (new.rowid, new.t);"
                          " END; CREATE TRIGGER dd AFTER DELETE ON d BEGIN"
                          " INSERT INTO f(f, rowid, t) VALUES ('delete', old.rowid, old.t); END;"
                          "INSERT INTO d VALUES ('hello'), ('world'), ('zoo');");
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(file, "DELETE FROM d WHERE rowid = 1"), {}, {}).takeResult();
    VERIFY_COMMITTED(applied);
    QCOMPARE(file.query("SELECT rowid FROM f WHERE f MATCH 'hello'"), QList<TextRow>());
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_COMMITTED(undone);
    QCOMPARE(file.query("SELECT rowid, t FROM f WHERE f MATCH 'hello'"), (QList<TextRow> { { u"1"_s, u"hello"_s } }));
    file.exec("INSERT INTO f(f) VALUES ('integrity-check')");
}

void TestUndoRowids::aRowidThatIsTakenStays()
{
    const TestSqlite file("CREATE TABLE t(k TEXT PRIMARY KEY); INSERT INTO t VALUES ('a'), ('b'), ('c')");
    const auto bench = workbench();
    const auto applied = bench->apply(batchOf(file, "DELETE FROM t WHERE k > 'a'"), {}, {}).takeResult();
    VERIFY_COMMITTED(applied);
    file.exec("INSERT INTO t(rowid, k) VALUES (2, 'theirs')");
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_COMMITTED(undone);
    const QStringList rows = rowidDump(file);
    QCOMPARE(rows.size(), 4);
    QVERIFY2(rows.contains(u"t: 2|theirs"_s) && rows.contains(u"t: 1|a"_s), qUtf8Printable(rows.join(u'\n')));
    QCOMPARE(file.scalar("SELECT group_concat(k, ' ') FROM (SELECT k FROM t ORDER BY k)"), u"a b c theirs"_s);
}

void TestUndoRowids::rowsAreFoundAfterVacuum()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t(rowid, a) VALUES (5, 'a'), (10, 'b'), (20, 'c')");
    const auto bench = workbench();
    const auto applied
        = bench->apply(batchOf(file, "UPDATE t SET a = 'B' WHERE rowid = 10; INSERT INTO t VALUES ('d')"), {}, {})
              .takeResult();
    VERIFY_COMMITTED(applied);
    file.exec("VACUUM");
    QCOMPARE(file.scalar("SELECT rowid FROM t WHERE a = 'B'"), u"2"_s); // it has renumbered them
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_COMMITTED(undone);
    QCOMPARE(rowidDump(file), QStringList({ u"t: 1|a"_s, u"t: 2|b"_s, u"t: 3|c"_s }));
}

// The rowid that was recorded is none of the table that is there now.
void TestUndoRowids::aTableThatHasAnotherKeyNow()
{
    for (const QByteArray& now : { "CREATE TABLE t(k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;"_ba,
                                   "CREATE TABLE t(k TEXT, n INTEGER PRIMARY KEY);"_ba }) {
        const TestSqlite file("CREATE TABLE t(k TEXT PRIMARY KEY, n INTEGER);"
                              "INSERT INTO t VALUES ('a', 7), ('b', 8), ('c', 9);");
        const auto bench = workbench();
        const auto applied
            = bench->apply(batchOf(file, "DELETE FROM t WHERE k = 'b'; UPDATE t SET k = 'd' WHERE k = 'c'"), {}, {})
                  .takeResult();
        VERIFY_COMMITTED(applied);
        file.exec("ALTER TABLE t RENAME TO old; " + now + "INSERT INTO t SELECT * FROM old; DROP TABLE old;");
        const auto undone = bench->undo(applied->id, true, {}).takeResult();
        VERIFY_COMMITTED(undone);
        QCOMPARE(file.scalar("SELECT group_concat(k || n, ' ') FROM (SELECT * FROM t ORDER BY k)"), u"a7 b8 c9"_s);
    }
}

void TestUndoRowids::saysWhichRowsOnlyMoved()
{
    const TestSqlite file("CREATE TABLE t(k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', 2);"
                          "CREATE TABLE n(id INTEGER PRIMARY KEY, v); INSERT INTO n VALUES (1, 1)");
    const auto bench = workbench();
    const auto moved = bench->preview(batchOf(file, "REPLACE INTO t VALUES ('a', 1), ('b', 3)"), {}).takeResult();
    QVERIFY2(moved.ok(), qUtf8Printable(why(moved)));
    QCOMPARE(cautionTexts(*moved),
             QStringList {
                 u"rowids-changed: 1 rows of t get other rowids, which is not shown, and which an undo leaves"_s });
    const auto still
        = bench->preview(batchOf(file, "UPDATE t SET v = 3; REPLACE INTO n VALUES (1, 1)"), {}).takeResult();
    QVERIFY2(still.ok(), qUtf8Printable(why(still)));
    QCOMPARE(cautionTexts(*still), QStringList());
}

// A preview's digest stands for whatever rowids the rows have by the time of the apply.
void TestUndoRowids::rowidsAreNoEffect()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t(rowid, a) VALUES (5, 'a'), (10, 'b')");
    const Batch batch = batchOf(file, "DELETE FROM t WHERE a = 'b'; INSERT INTO t VALUES ('c')");
    const auto bench = workbench();
    const auto preview = bench->preview(batch, {}).takeResult();
    QVERIFY2(preview.ok() && preview->outcome == Outcome::Ready, qUtf8Printable(why(preview)));
    file.exec("VACUUM");
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    VERIFY_COMMITTED(applied);
    QVERIFY(preview->effects == applied->effects);
    QCOMPARE(rowidOfDeleted(*preview), std::optional<qint64>(10));
    const auto logged = bench->journal().run(applied->id).takeResult();
    QVERIFY(logged.ok());
    QCOMPARE(rowidOfDeleted(*logged), std::optional<qint64>(2));
}

void TestUndoRowids::usualTablesHaveNone()
{
    const TestSqlite file("CREATE TABLE n(id INTEGER PRIMARY KEY, v); CREATE TABLE w(k TEXT PRIMARY KEY) WITHOUT ROWID;"
                          "INSERT INTO n VALUES (1, 1), (2, 2); INSERT INTO w VALUES ('a')");
    const auto run
        = workbench()
              ->preview(batchOf(file, "UPDATE n SET v = 9; UPDATE n SET id = 5 WHERE id = 2; UPDATE w SET k = 'b'"), {})
              .takeResult();
    QVERIFY2(run.ok() && run->outcome == Outcome::Ready, qUtf8Printable(why(run)));
    QCOMPARE(run->effects.first().tables.size(), 2);
    for (const TableEffects& table : run->effects.first().tables) {
        for (const RowChange& row : table.rows)
            QVERIFY(!row.rowid && !row.formerRowid);
    }
}

QTEST_GUILESS_MAIN(TestUndoRowids)
#include "tst_undorowids.moc"
