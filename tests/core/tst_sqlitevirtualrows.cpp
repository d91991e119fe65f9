// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "command/updaterow.h"
#include "support/testdatabase.h"
#include "support/testworkbench.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

/// Full-text and spatial tables: their rows are told, compared and put back; their index follows.
class TestSqliteVirtualRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void tellsRows_data();
    void tellsRows();
    void otherRowsAreNoDrift_data() { tables(); }
    void otherRowsAreNoDrift();
    void theSameRowIsDrift_data() { tables(); }
    void theSameRowIsDrift();
    void undoesWhatOthersLeft_data() { tables(); }
    void undoesWhatOthersLeft();
    void anIndexOfAnotherTableIsUndoneByItsBytes();
    void settingsAreUndone();
    void tellsARename();

private:
    static void tables();
};

namespace {

constexpr auto notes
    = "CREATE VIRTUAL TABLE notes USING fts5(title, body);"
      "INSERT INTO notes(rowid, title, body) VALUES (1, 'one', 'first words'), (2, 'two', 'other words');";
constexpr auto places = "CREATE VIRTUAL TABLE places USING rtree(id, x1, x2, +label);"
                        "INSERT INTO places VALUES (1, 0, 1.5, 'here'), (2, 2, 3, 'there');";

Batch batchOf(const TestSqlite& file, const QStringList& statements)
{
    Batch batch;
    batch.title = u"Index"_s;
    batch.targets = { { .name = u"t"_s, .engine = EngineKind::SQLite, .address = file.path() } };
    for (const QString& text : statements)
        batch.commands.append(std::make_shared<RunSql>(u"t"_s, text));
    return batch;
}

// "+ table (values) > (values) direct 0" of the tables that are the operator's.
QStringList printed(const Run& run)
{
    const auto text = [](const Row& row) {
        QStringList values;
        for (const Value& value : row)
            values.append(value.display());
        return u'(' + values.join(", "_L1) + u')';
    };
    QStringList lines;
    for (const TableEffects& table : run.effects.value(0).tables) {
        for (const RowChange& row : table.internal ? QList<RowChange>() : table.rows)
            lines.append(u"%1 %2 > %3 %4 %5"_s
                             .arg(table.name.table, text(row.before), text(row.after),
                                  row.origin == Origin::Direct ? u"direct"_s : u"indirect"_s)
                             .arg(row.command.value_or(-1)));
    }
    return lines;
}

QString why(const Result<Run>& run)
{
    if (!run)
        return run.error().text();
    return outcomeName(run->outcome) + (run->failure ? u' ' + run->failure->error.text() : QString());
}

} // namespace

void TestSqliteVirtualRows::tables()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QString>("change");
    QTest::addColumn<QByteArray>("other");
    QTest::addColumn<QByteArray>("same");
    QTest::addColumn<QByteArray>("rows");
    QTest::addColumn<QByteArray>("check");
    QTest::newRow("full-text") << QByteArray(notes) << u"UPDATE notes SET body = 'changed words' WHERE rowid = 1"_s
                               << QByteArray("INSERT INTO notes VALUES ('three', 'more words')")
                               << QByteArray("UPDATE notes SET body = 'theirs' WHERE rowid = 1")
                               << QByteArray("SELECT rowid, * FROM notes ORDER BY 1")
                               << QByteArray("INSERT INTO notes(notes) VALUES ('integrity-check')");
    QTest::newRow("spatial") << QByteArray(places) << u"UPDATE places SET x1 = -4 WHERE id = 1"_s
                             << QByteArray("INSERT INTO places VALUES (3, 7, 8, 'new')")
                             << QByteArray("UPDATE places SET x2 = 9 WHERE id = 1")
                             << QByteArray("SELECT * FROM places ORDER BY 1")
                             << QByteArray("SELECT 1 / (rtreecheck('main', 'places') = 'ok')");
}

void TestSqliteVirtualRows::tellsRows_data()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("full-text") << QByteArray(notes)
                               << QStringList { u"INSERT INTO notes VALUES ('three', NULL)"_s,
                                                u"UPDATE notes SET title = 'ONE' WHERE rowid = 1"_s,
                                                u"DELETE FROM notes WHERE rowid = 2"_s }
                               << QStringList { u"notes (1, one, first words) > (1, ONE, first words) direct 1"_s,
                                                u"notes (2, two, other words) > () direct 2"_s,
                                                u"notes () > (3, three, NULL) direct 0"_s };
    QTest::newRow("by a trigger") << QByteArray(notes)
            + "CREATE TABLE t(a); CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM notes WHERE rowid = NEW.a; END;"
                                  << QStringList { u"INSERT INTO t VALUES (2)"_s }
                                  << QStringList { u"notes (2, two, other words) > () indirect 0"_s,
                                                   u"t () > (2) direct 0"_s };
    QTest::newRow("the same again") << QByteArray(notes) << QStringList { u"UPDATE notes SET title = title"_s }
                                    << QStringList();
    QTest::newRow("spatial") << QByteArray(places)
                             << QStringList { u"INSERT INTO places VALUES (9, 1, 2, 'new')"_s,
                                              u"UPDATE places SET label = 'other' WHERE id = 1"_s,
                                              u"DELETE FROM places WHERE x1 = 2"_s }
                             << QStringList { u"places (1, 0.0, 1.5, here) > (1, 0.0, 1.5, other) direct 1"_s,
                                              u"places (2, 2.0, 3.0, there) > () direct 2"_s,
                                              u"places () > (9, 1.0, 2.0, new) direct 0"_s };
    QTest::newRow("dropped") << QByteArray(places) << QStringList { u"DROP TABLE places"_s }
                             << QStringList { u"places (1, 0.0, 1.5, here) > () direct 0"_s,
                                              u"places (2, 2.0, 3.0, there) > () direct 0"_s };
}

void TestSqliteVirtualRows::tellsRows()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QStringList, statements);
    QFETCH(QStringList, expected);
    const TestSqlite file(setUp);
    const auto run = TestWorkbench()->preview(batchOf(file, statements), {}).takeResult();
    QVERIFY2(run.ok() && run->outcome == Outcome::Ready, qPrintable(why(run)));
    QStringList lines = printed(*run);
    lines.sort();
    expected.sort();
    QCOMPARE(lines, expected);
}

void TestSqliteVirtualRows::otherRowsAreNoDrift()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QString, change);
    QFETCH(QByteArray, other);
    QFETCH(QByteArray, check);
    const TestSqlite file(setUp);
    const TestWorkbench bench;
    const auto preview = bench->preview(batchOf(file, { change }), {}).takeResult();
    QVERIFY2(preview.ok() && preview->outcome == Outcome::Ready, qPrintable(why(preview)));
    file.exec(other);
    const auto applied = bench->apply(batchOf(file, { change }), preview->digest, {}).takeResult();
    QVERIFY2(applied.ok() && applied->outcome == Outcome::Committed, qPrintable(why(applied)));
    file.exec(check);
}

void TestSqliteVirtualRows::theSameRowIsDrift()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QString, change);
    QFETCH(QByteArray, same);
    QFETCH(QByteArray, rows);
    const TestSqlite file(setUp);
    const TestWorkbench bench;
    const auto preview = bench->preview(batchOf(file, { change }), {}).takeResult();
    QVERIFY(preview.ok());
    file.exec(same);
    const auto before = file.query(rows);
    const auto applied = bench->apply(batchOf(file, { change }), preview->digest, {}).takeResult();
    QVERIFY2(applied.ok() && applied->outcome == Outcome::RolledBack, qPrintable(why(applied)));
    QCOMPARE(applied->cause, u"drift"_s);
    QVERIFY(!applied->drift.isEmpty() && applied->drift.first().preview && applied->drift.first().now);
    QCOMPARE(file.query(rows), before);
}

void TestSqliteVirtualRows::undoesWhatOthersLeft()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QString, change);
    QFETCH(QByteArray, other);
    QFETCH(QByteArray, rows);
    QFETCH(QByteArray, check);
    const TestSqlite file(setUp);
    const TestSqlite expected(setUp + other);
    const TestWorkbench bench;
    const auto applied = bench->apply(batchOf(file, { change }), {}, {}).takeResult();
    QVERIFY2(applied.ok() && applied->outcome == Outcome::Committed, qPrintable(why(applied)));
    file.exec(other);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    QVERIFY2(undone.ok() && undone->outcome == Outcome::Committed, qPrintable(why(undone)));
    QCOMPARE(file.query(rows), expected.query(rows));
    file.exec(check);
}

// An undo fires no triggers, so that it restores the index itself; not if somebody changed it since.
void TestSqliteVirtualRows::anIndexOfAnotherTableIsUndoneByItsBytes()
{
    const TestSqlite file("CREATE TABLE docs(id INTEGER PRIMARY KEY, body);"
                          "CREATE VIRTUAL TABLE found USING fts5(body, content='docs', content_rowid='id');"
                          "CREATE TRIGGER i AFTER INSERT ON docs BEGIN"
                          " INSERT INTO found(rowid, body) VALUES (NEW.id, NEW.body); END;"
                          "INSERT INTO docs VALUES (1, 'first words')");
    const QString before = file.dump();
    const Batch batch = batchOf(file, { u"INSERT INTO docs VALUES (2, 'second words')"_s });
    const TestWorkbench bench;
    auto applied = bench->apply(batch, {}, {}).takeResult();
    QVERIFY2(applied.ok() && applied->outcome == Outcome::Committed, qPrintable(why(applied)));
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    QVERIFY2(undone.ok() && undone->outcome == Outcome::Committed, qPrintable(why(undone)));
    QCOMPARE(file.dump(), before);
    file.exec("INSERT INTO found(found) VALUES ('integrity-check')");

    applied = bench->apply(batch, {}, {}).takeResult();
    QVERIFY(applied.ok() && applied->outcome == Outcome::Committed);
    file.exec("INSERT INTO docs VALUES (3, 'third words')");
    const QString since = file.dump();
    const auto refused = bench->undo(applied->id, true, {}).takeResult();
    QVERIFY2(refused.ok() && refused->outcome == Outcome::RolledBack, qPrintable(why(refused)));
    QCOMPARE(file.dump(), since);
}

// They stand in a shadow table of which the rows tell nothing.
void TestSqliteVirtualRows::settingsAreUndone()
{
    const TestSqlite file(QByteArray(notes) + "INSERT INTO notes(notes, rank) VALUES ('usermerge', 6);");
    const QByteArray settings = "SELECT k, v FROM notes_config ORDER BY k";
    const auto before = file.query(settings);
    const TestWorkbench bench;
    const auto applied = bench
                             ->apply(batchOf(file,
                                             { u"INSERT INTO notes(notes, rank) VALUES ('pgsz', 128)"_s,
                                               u"INSERT INTO notes(notes, rank) VALUES ('usermerge', 5)"_s,
                                               u"INSERT INTO notes VALUES ('three', 'more words')"_s }),
                                     {}, {})
                             .takeResult();
    QVERIFY2(applied.ok() && applied->outcome == Outcome::Committed, qPrintable(why(applied)));
    const auto after = file.query(settings);
    QVERIFY(after != before);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    QVERIFY2(undone.ok() && undone->outcome == Outcome::Committed, qPrintable(why(undone)));
    QCOMPARE(file.query(settings), before);
    QCOMPARE(file.query("SELECT rowid FROM notes"), (QList<TextRow> { { u"1"_s }, { u"2"_s } }));
    file.exec("INSERT INTO notes(notes) VALUES ('integrity-check')");
    const auto redone = bench->undo(undone->id, true, {}).takeResult();
    QVERIFY2(redone.ok() && redone->outcome == Outcome::Committed, qPrintable(why(redone)));
    QCOMPARE(file.query(settings), after);
}

void TestSqliteVirtualRows::tellsARename()
{
    const TestSqlite file(places);
    const auto run
        = TestWorkbench()->preview(batchOf(file, { u"ALTER TABLE places RENAME TO spots"_s }), {}).takeResult();
    QVERIFY2(run.ok() && run->outcome == Outcome::Ready, qPrintable(why(run)));
    QCOMPARE(printed(*run), QStringList());
    QStringList changes;
    for (const SchemaChange& change : run->effects.first().schemaChanges)
        changes.append(change.kind + u' ' + change.object);
    QCOMPARE(changes,
             QStringList({ u"alter table main.places"_s, u"alter table main.places_node"_s,
                           u"alter table main.places_parent"_s, u"alter table main.places_rowid"_s }));
}

QTEST_GUILESS_MAIN(TestSqliteVirtualRows)
#include "tst_sqlitevirtualrows.moc"
