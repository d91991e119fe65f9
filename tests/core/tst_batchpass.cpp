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
    void triggersKeepTheirCommandBesideFailures();
    void deniedSchema();

private:
    [[nodiscard]] Run preview(const Target& target, const QStringList& texts);
    [[nodiscard]] Run preview(const TestDatabase& database, const QStringList& texts)
    {
        return preview(database.target(u"shop"_s), texts);
    }
    [[nodiscard]] std::shared_ptr<Workbench> workbench();

    QTemporaryDir m_folder;
    std::shared_ptr<Workbench> m_bench;
};

std::shared_ptr<Workbench> TestBatchPass::workbench()
{
    if (m_bench)
        return m_bench;
    auto journal = Journal::open(m_folder.filePath(u"journal.db"_s)).takeResult();
    if (!journal)
        qFatal("%s", qUtf8Printable(journal.error().text()));
    m_bench = std::make_shared<Workbench>(*journal, nullptr);
    return m_bench;
}

Run TestBatchPass::preview(const Target& target, const QStringList& texts)
{
    Batch batch;
    batch.targets = { target };
    for (const QString& text : texts)
        batch.commands.append(std::make_shared<RunSql>(target.name, text));
    const auto run = workbench()->preview(batch, {}).takeResult();
    return run ? *run : Run();
}

/// What a command sees of the session must not come from a first attempt: neither may it fail for that, nor succeed.
void TestBatchPass::runsNothingTwiceOnSqlite()
{
    const TestDatabase database(
        EngineKind::SQLite, "CREATE TABLE t (id INTEGER PRIMARY KEY, a CHECK (a = 0)); CREATE TABLE u (a NOT NULL);");
    const Run run = preview(database,
                            { u"INSERT INTO t VALUES (7, last_insert_rowid())"_s, u"INSERT INTO u VALUES (NULL)"_s,
                              u"INSERT INTO t VALUES (8, last_insert_rowid() - 7)"_s });
    QCOMPARE(run.outcome, Outcome::Failed);
    QCOMPARE(run.commands.size(), 3);
    QCOMPARE(run.commands.at(0).status, CommandStatus::Ok);
    QCOMPARE(run.commands.at(1).status, CommandStatus::Failed);
    QCOMPARE(run.commands.at(2).status, CommandStatus::Ok);
    QCOMPARE(run.effects.constFirst().tables.constFirst().rows.size(), 2);
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
    const Run run = preview(database, texts);
    QCOMPARE(run.outcome, Outcome::Failed);
    QCOMPARE(run.failure->command, std::optional(failing));
    QCOMPARE(run.effects.size(), 1);
    QCOMPARE(run.effects.constFirst().tables.size(), 1);
    const auto& rows = run.effects.constFirst().tables.constFirst().rows;
    QCOMPARE(rows.size(), 2);
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const auto own = std::ranges::find_if(
            texts, [id = QString::number(i + 1)](const QString& text) { return text.endsWith(id); });
        QCOMPARE(rows.at(i).command, std::optional(static_cast<int>(own - texts.begin())));
    }
}

void TestBatchPass::triggersKeepTheirCommandBesideFailures()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, R"sql(
        CREATE TABLE t (id int PRIMARY KEY, a int);
        INSERT INTO t VALUES (1, 0), (2, 0);
        CREATE TABLE audit (of int);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NEW; END $$;
        CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
    )sql");
    const Run run = preview(database,
                            { u"UPDATE t SET a = 1 WHERE id = 1"_s, u"UPDATE t SET a = 1 WHERE id = 2"_s,
                              u"INSERT INTO t VALUES (1, 0)"_s });
    QCOMPARE(run.outcome, Outcome::Failed);
    QCOMPARE(run.effects.size(), 1);
    const TableEffects& audit = run.effects.constFirst().tables.constFirst();
    QCOMPARE(audit.name.table, u"audit"_s);
    QCOMPARE(audit.rows.size(), 2);
    for (const RowChange& row : audit.rows)
        QCOMPARE(row.command, std::optional(static_cast<int>(row.after.constFirst().toInteger()) - 1));
}

/// The cause is told, and the next batch on that session is not hurt.
void TestBatchPass::deniedSchema()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, R"sql(
        CREATE SCHEMA secret;
        CREATE TABLE secret.t (id int PRIMARY KEY, a int);
        CREATE TABLE t (id int PRIMARY KEY, a int);
        INSERT INTO t VALUES (1, 0);
        CREATE ROLE holdpoint_denied LOGIN;
        GRANT ALL ON t TO holdpoint_denied;
    )sql");
    Target target = database.target(u"shop"_s);
    target.address.replace("postgres@"_L1, "holdpoint_denied@"_L1);
    const Run denied = preview(target, { u"UPDATE secret.t SET a = 1 WHERE id = 1"_s });
    QCOMPARE(denied.outcome, Outcome::Failed);
    QCOMPARE(denied.failure->error.message, u"permission denied for schema secret"_s);
    const Run next = preview(target, { u"UPDATE t SET a = 1 WHERE id = 1"_s });
    QVERIFY2(next.outcome == Outcome::Ready, next.failure ? qUtf8Printable(next.failure->error.text()) : "");
    m_bench.reset(); // and its sessions
    database.exec("DROP OWNED BY holdpoint_denied; DROP ROLE holdpoint_denied");
}

QTEST_GUILESS_MAIN(TestBatchPass)
#include "tst_batchpass.moc"
