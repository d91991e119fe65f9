// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/workbench.h"
#include "support/postgrescapturing.h"
#include "support/scriptbatch.h"

#include <QTemporaryDir>
#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

QString why(const Result<Run>& run)
{
    if (!run)
        return run.error().text();
    return outcomeName(run->outcome) + u' ' + run->cause
        + (run->failure ? u' ' + run->failure->error.text() : QString());
}

} // namespace

#define VERIFY_OUTCOME(run, expected) QVERIFY2((run).ok() && (run)->outcome == (expected), qUtf8Printable(why(run)))

/// PostgreSQL: rows that no key names are found where the run left them, or wherever they are by now.
class TestUndoPlaces : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void findsRowsWithoutKey();
    void findsRowsWithoutKeyThatMoved();

private:
    [[nodiscard]] std::shared_ptr<Workbench> workbench() const;

    QTemporaryDir m_folder;
};

void TestUndoPlaces::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

std::shared_ptr<Workbench> TestUndoPlaces::workbench() const
{
    static int number = 0;
    auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++number))).takeResult();
    if (!journal)
        qFatal("%s", qUtf8Printable(journal.error().text()));
    return std::make_shared<Workbench>(*journal, nullptr);
}

// Each where the run left it: to look for each one would be to read the table each time.
void TestUndoPlaces::findsRowsWithoutKey()
{
    TestPostgres database("CREATE TABLE t(v TEXT, n INTEGER); INSERT INTO t SELECT 'v' || g, g"
                          " FROM generate_series(1, 1000) g; CREATE TABLE fresh(n INTEGER)");
    const QString before = database.dump();
    const Target target = postgresTarget(database.uri());
    const auto bench = workbench();
    const auto applied
        = bench
              ->apply(batchOf(target, "UPDATE t SET n = n + 1; INSERT INTO fresh SELECT generate_series(1, 1000)"), {},
                      {})
              .takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.dump(), before);
    for (const Run* run : { &*applied, &*undone }) {
        for (const TableEffects& table : run->effects.first().tables) {
            for (const RowChange& row : table.rows)
                QCOMPARE(row.rowid.has_value(), row.change != ChangeKind::Delete);
        }
    }
    const auto redone = bench->undo(undone->id, true, {}).takeResult();
    VERIFY_OUTCOME(redone, Outcome::Committed);
    // Of 1,000 rows each: preview and apply of both undos, each read whole a few times for the effects.
    QTRY_VERIFY(database.scalar("SELECT sum(n_tup_upd) FROM pg_stat_user_tables").toLongLong() >= 3000);
    const qint64 read = database.scalar("SELECT sum(seq_tup_read) FROM pg_stat_user_tables").toLongLong();
    QVERIFY2(read < 200000, qUtf8Printable(QString::number(read)));
}

void TestUndoPlaces::findsRowsWithoutKeyThatMoved()
{
    TestPostgres database("CREATE TABLE t(v TEXT, n INTEGER);"
                          "INSERT INTO t SELECT 'v' || g % 7, g % 5 FROM generate_series(1, 200) g");
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied = bench
                             ->apply(batchOf(postgresTarget(database.uri()),
                                             "DELETE FROM t WHERE n = 3; UPDATE t SET n = 9 WHERE n = 2;"
                                             "INSERT INTO t VALUES ('v1', 9), ('v1', 4)"),
                                     {}, {})
                             .takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const QString after = database.dump();
    database.exec("VACUUM FULL t");
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(database.dump(), before);
    database.exec("VACUUM FULL t");
    const auto redone = bench->undo(undone->id, true, {}).takeResult();
    VERIFY_OUTCOME(redone, Outcome::Committed);
    QCOMPARE(database.dump(), after);
}

QTEST_GUILESS_MAIN(TestUndoPlaces)
#include "tst_undoplaces.moc"
