// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"
#include "execution/workbench.h"
#include "support/engines.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

/// A PostgreSQL session keeps plans of its functions, with the types that columns had when they first ran. Sessions are
/// used again, and no batch may fail because of what one before it left there.
class TestPostgresPlans : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void batchThatChangesAType();
    void typeThatAnotherSessionChanged();

private:
    [[nodiscard]] Outcome previewOf(const QStringList& statements);

    QTemporaryDir m_folder;
    std::optional<TestDatabase> m_database;
    std::shared_ptr<Workbench> m_bench;
    QString m_failure;
};

void TestPostgresPlans::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace(EngineKind::PostgreSQL,
                       "CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1), (2, 2);"
                       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE kept t.v%TYPE; BEGIN"
                       " kept := NEW.v; IF NEW.v % 11 = 5 THEN NEW.v := kept; END IF; RETURN NEW; END $$;"
                       "CREATE TRIGGER f BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();");
    auto journal = Journal::open(m_folder.filePath(u"journal.db"_s)).takeResult();
    QVERIFY(journal.ok());
    m_bench = std::make_shared<Workbench>(*journal, nullptr);
}

Outcome TestPostgresPlans::previewOf(const QStringList& statements)
{
    Batch batch;
    batch.title = u"Change"_s;
    batch.targets = { m_database->target(u"db"_s) };
    for (const QString& statement : statements)
        batch.commands.append(std::make_shared<RunSql>(u"db"_s, statement));
    const auto run = m_bench->preview(batch, {}).takeResult();
    if (!run)
        qFatal("%s", qUtf8Printable(run.error().text()));
    m_failure = run->failure ? run->failure->error.text() : QString();
    return run->outcome;
}

void TestPostgresPlans::batchThatChangesAType()
{
    const QString update = u"UPDATE t SET v = v + 1"_s;
    const QStringList retyped { u"ALTER TABLE t ALTER v TYPE bigint"_s, u"UPDATE t SET v = 30000000005"_s };
    for (const QStringList& batch : { QStringList { update }, retyped, QStringList { update }, retyped })
        QVERIFY2(previewOf(batch) == Outcome::Ready, qUtf8Printable(m_failure));
}

void TestPostgresPlans::typeThatAnotherSessionChanged()
{
    const QStringList update { u"UPDATE t SET v = v + 1"_s };
    QVERIFY2(previewOf(update) == Outcome::Ready, qUtf8Printable(m_failure));
    m_database->exec("ALTER TABLE t ALTER v TYPE numeric");
    QVERIFY2(previewOf(update) == Outcome::Ready, qUtf8Printable(m_failure));
}

QTEST_GUILESS_MAIN(TestPostgresPlans)
#include "tst_postgresplans.moc"
