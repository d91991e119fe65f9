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

QTEST_GUILESS_MAIN(TestBatchPass)
#include "tst_batchpass.moc"
