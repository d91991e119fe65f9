// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "execution/workbench.h"
#include "support/engines.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE t (id int PRIMARY KEY, v text, n int);
    INSERT INTO t SELECT g, 'v' || g, g FROM generate_series(1, 4) g;
    CREATE INDEX t_n ON t (n);
    CREATE TABLE big (id int PRIMARY KEY, n int);
    INSERT INTO big SELECT g, g FROM generate_series(1, 100000) g;
)sql";

} // namespace

/// PostgreSQL: whatever a batch does to its session and what it locks, the questions that tell its rows are answered,
/// and an apply in other sessions sees the same.
class TestOwnQuestions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_database.reset(); }
    void previewsAndApplies_data();
    void previewsAndApplies();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<TestDatabase> m_database;
};

void TestOwnQuestions::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database = std::make_unique<TestDatabase>(EngineKind::PostgreSQL, shop);
}

void TestOwnQuestions::previewsAndApplies_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<int>("rows");
    const auto row = [](const char* name, const QStringList& statements, int rows = 1) {
        QTest::newRow(name) << statements << rows;
    };
    const QString update = u"UPDATE t SET n = n + 1 WHERE id = 1"_s;
    row("indexes of a table made anew", { update, u"REINDEX TABLE t"_s });
    row("indexes of a table made anew before", { u"REINDEX TABLE t"_s, update });
    row("an index made anew", { update, u"REINDEX INDEX t_n"_s });
    row("a short time-out", { u"UPDATE big SET n = n + 1"_s, u"SET LOCAL statement_timeout = '30ms'"_s }, 100000);
    row("temporary tables named like catalogs",
        { u"CREATE TEMP TABLE pg_locks (a int) ON COMMIT DROP"_s,
          u"CREATE TEMP TABLE pg_class (a int) ON COMMIT DROP"_s, update });
    row("another search path", { u"SET LOCAL search_path = pg_catalog"_s, u"UPDATE public.t SET n = n + 1"_s }, 4);
    row("no search path", { u"SET LOCAL search_path = ''"_s, u"UPDATE public.t SET n = n + 1"_s }, 4);
    row("no sequential scans, no index scans",
        { u"SET LOCAL enable_seqscan = off"_s, u"SET LOCAL enable_indexscan = off"_s, update });
}

void TestOwnQuestions::previewsAndApplies()
{
    QFETCH(QStringList, statements);
    QFETCH(int, rows);
    auto journal = Journal::open(m_folder.filePath(u"journal.db"_s)).takeResult();
    QVERIFY(journal.ok());
    Batch batch;
    batch.targets = { m_database->target(u"shop"_s) };
    for (const QString& statement : statements)
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, statement));
    const auto preview = std::make_shared<Workbench>(*journal, nullptr)->preview(batch, {}).takeResult();
    QVERIFY(preview.ok());
    QVERIFY2(preview->outcome == Outcome::Ready, qUtf8Printable(preview->cause));
    qsizetype seen = 0;
    for (const TableEffects& table : preview->effects.constFirst().tables)
        seen += table.rows.size();
    QCOMPARE(seen, rows);
    const auto applied = std::make_shared<Workbench>(*journal, nullptr)->apply(batch, preview->digest, {}).takeResult();
    QVERIFY(applied.ok());
    QVERIFY2(applied->outcome == Outcome::Committed, qUtf8Printable(applied->cause));
}

QTEST_GUILESS_MAIN(TestOwnQuestions)
#include "tst_ownquestions.moc"
