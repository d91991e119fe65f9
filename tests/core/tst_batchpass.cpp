// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "execution/workbench.h"
#include "support/engines.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

class TestBatchPass : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void runsNothingTwiceOnSqlite();
    void showsWhatRanBesideFailures_data();
    void showsWhatRanBesideFailures();
};

/// What a command sees of the session must not come from a first attempt: neither may it fail for that, nor succeed.
void TestBatchPass::runsNothingTwiceOnSqlite()
{
    const TestDatabase database(
        EngineKind::SQLite, "CREATE TABLE t (id INTEGER PRIMARY KEY, a CHECK (a = 0)); CREATE TABLE u (a NOT NULL);");
    QTemporaryDir folder;
    auto journal = Journal::open(folder.filePath(u"journal.db"_s)).takeResult();
    QVERIFY(journal.ok());
    Batch batch;
    batch.targets = { database.target(u"shop"_s) };
    for (const auto& text : { u"INSERT INTO t VALUES (7, last_insert_rowid())"_s, u"INSERT INTO u VALUES (NULL)"_s,
                              u"INSERT INTO t VALUES (8, last_insert_rowid() - 7)"_s })
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, text));
    const auto run = std::make_shared<Workbench>(*journal, nullptr)->preview(batch, {}).takeResult();
    QVERIFY(run.ok());
    QCOMPARE(run->outcome, Outcome::Failed);
    QCOMPARE(run->commands.size(), 3);
    QCOMPARE(run->commands.at(0).status, CommandStatus::Ok);
    QCOMPARE(run->commands.at(1).status, CommandStatus::Failed);
    QCOMPARE(run->commands.at(2).status, CommandStatus::Ok);
    QCOMPARE(run->effects.constFirst().tables.constFirst().rows.size(), 2);
}

void TestBatchPass::showsWhatRanBesideFailures_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QStringList>("texts");
    QTest::addColumn<int>("failing");
    const auto good = [](int id) { return u"UPDATE t SET a = a + 1 WHERE id = %1"_s.arg(id); };
    const auto bad = u"INSERT INTO t VALUES (1, 0)"_s;
    for (const auto engine : { EngineKind::SQLite, EngineKind::PostgreSQL }) {
        if (engine == EngineKind::PostgreSQL && !TestPostgres::available())
            continue;
        const auto row = [&](const char* name, const QStringList& texts) {
            QTest::addRow("%s, %s", name, engine == EngineKind::SQLite ? "SQLite" : "PostgreSQL")
                << engine << texts << static_cast<int>(texts.indexOf(bad));
        };
        row("the first", { bad, good(1), good(2) });
        row("one between", { good(1), bad, good(2) });
        row("the last", { good(1), good(2), bad });
    }
}

/// Also where what is asked at the end was asked ahead of the failure.
void TestBatchPass::showsWhatRanBesideFailures()
{
    QFETCH(EngineKind, engine);
    QFETCH(QStringList, texts);
    QFETCH(int, failing);
    const TestDatabase database(
        engine, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER); INSERT INTO t VALUES (1, 0), (2, 0);");
    QTemporaryDir folder;
    auto journal = Journal::open(folder.filePath(u"journal.db"_s)).takeResult();
    QVERIFY(journal.ok());
    Batch batch;
    batch.targets = { database.target(u"shop"_s) };
    for (const QString& text : texts)
        batch.commands.append(std::make_shared<RunSql>(u"shop"_s, text));
    const auto run = std::make_shared<Workbench>(*journal, nullptr)->preview(batch, {}).takeResult();
    QVERIFY(run.ok());
    QCOMPARE(run->outcome, Outcome::Failed);
    QCOMPARE(run->failure->command, std::optional(failing));
    QCOMPARE(run->effects.size(), 1);
    QCOMPARE(run->effects.constFirst().tables.size(), 1);
    const auto& rows = run->effects.constFirst().tables.constFirst().rows;
    QCOMPARE(rows.size(), 2);
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const auto own = std::ranges::find_if(
            texts, [id = QString::number(i + 1)](const QString& text) { return text.endsWith(id); });
        QCOMPARE(rows.at(i).command, std::optional(static_cast<int>(own - texts.begin())));
    }
}

QTEST_GUILESS_MAIN(TestBatchPass)
#include "tst_batchpass.moc"
