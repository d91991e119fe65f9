// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "execution/workbench.h"
#include "support/testdatabase.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

// Another session's row moves each key by one; `other` is moved by it too.
const auto schemaSql = R"(
    CREATE TABLE t (id INTEGER PRIMARY KEY, a);
    CREATE TABLE loose (a);
    CREATE TABLE named (name TEXT PRIMARY KEY, a);
    CREATE TABLE s (k INTEGER PRIMARY KEY, n, m, g AS ('#' || n));
    CREATE TABLE other (p INTEGER);
    CREATE TABLE log (x, y DEFAULT (last_insert_rowid()));
    CREATE TABLE parents (code PRIMARY KEY);
    CREATE TABLE children (code REFERENCES parents ON UPDATE CASCADE);
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE VIEW w AS SELECT n FROM s;
    CREATE TRIGGER notes AFTER INSERT ON t WHEN new.a = 'audited' BEGIN
        INSERT INTO log VALUES (new.id, 'new: ' || new.id); END;
    CREATE TRIGGER counts AFTER INSERT ON t WHEN new.a = 'counted' BEGIN
        UPDATE s SET n = (SELECT p FROM other) WHERE k = new.id - 1; END;
    CREATE TRIGGER names AFTER INSERT ON named BEGIN INSERT INTO log VALUES (new.rowid, 1); END;
    CREATE TRIGGER sets INSTEAD OF UPDATE ON w BEGIN UPDATE s SET m = new.n; END;
    INSERT INTO t VALUES (1, 1);
    INSERT INTO loose VALUES (1);
    INSERT INTO named VALUES ('a', 1);
    INSERT INTO s (k, n) VALUES (1, 0);
    INSERT INTO other VALUES (2);
    INSERT INTO parents VALUES (0);
    INSERT INTO children VALUES (0);)"_ba;
const auto moveKeys = "INSERT INTO t (a) VALUES ('theirs'); INSERT INTO loose VALUES ('theirs');"
                      "INSERT INTO named VALUES ('theirs', 0); DELETE FROM log WHERE x <> 0;"
                      "UPDATE other SET p = 3;"_ba;
const auto insertOne = u"INSERT INTO t (a) VALUES ('ours')"_s;

StoreCommandPtr sql(const QString& text)
{
    return std::make_shared<RunSql>(u"shop"_s, text);
}

} // namespace

class TestSqliteKeyFlows : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void copies_data();
    void copies();
    void doNotHide_data();
    void doNotHide();
    void rowCommandsCopyNothing();
    void aTriggerThatIsMadeLater();

private:
    [[nodiscard]] Outcome previewAndApply(const TestSqlite& database, const QList<StoreCommandPtr>& commands,
                                          const QByteArray& between = moveKeys);
    [[nodiscard]] Outcome previewAndApply(const QStringList& statements);

    QTemporaryDir m_folder;
    int m_journals = 0;
};

Outcome TestSqliteKeyFlows::previewAndApply(const TestSqlite& database, const QList<StoreCommandPtr>& commands,
                                            const QByteArray& between)
{
    const auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++m_journals))).takeResult();
    if (!journal)
        qFatal("%s", qUtf8Printable(journal.error().text()));
    const auto bench = std::make_shared<Workbench>(*journal, nullptr);
    Batch batch;
    batch.targets = { { u"shop"_s, EngineKind::SQLite, database.path(), Environment::Development, false } };
    batch.commands = commands;
    const auto preview = bench->preview(batch, {}).takeResult();
    if (!preview || preview->outcome != Outcome::Ready)
        qFatal("%s", preview ? qUtf8Printable(preview->failure->error.text()) : "no preview");
    database.exec(between);
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    return applied ? applied->outcome : Outcome::Failed;
}

Outcome TestSqliteKeyFlows::previewAndApply(const QStringList& statements)
{
    const TestSqlite database(schemaSql);
    QList<StoreCommandPtr> commands;
    for (const QString& statement : statements)
        commands.append(sql(statement));
    return previewAndApply(database, commands);
}

void TestSqliteKeyFlows::copies_data()
{
    QTest::addColumn<QStringList>("statements");
    const auto add = [](const char* name, const QStringList& statements) { QTest::newRow(name) << statements; };
    add("the greatest key", { insertOne, u"UPDATE s SET n = (SELECT max(id) FROM t)"_s });
    add("the greatest rowid", { insertOne, u"UPDATE s SET n = (SELECT max(rowid) FROM t)"_s });
    add("last_insert_rowid()", { insertOne, u"UPDATE s SET n = last_insert_rowid()"_s });
    add("a column's default", { insertOne, u"INSERT INTO log (x) VALUES (0)"_s });
    add("a trigger", { u"INSERT INTO t (a) VALUES ('audited')"_s });
    add("INSERT SELECT", { insertOne, u"INSERT INTO log SELECT id, 'row ' || id FROM t WHERE a = 'ours'"_s });
    add("a view", { insertOne, u"UPDATE s SET n = (SELECT id FROM v WHERE a = 'ours')"_s });
    add("UPDATE FROM", { insertOne, u"UPDATE s SET n = id, m = 'm' FROM v WHERE v.a = 'ours'"_s });
    add("a common table expression",
        { insertOne, u"WITH q AS (SELECT max(id) AS i FROM t) UPDATE s SET n = (SELECT i FROM q)"_s });
    add("several columns at once",
        { insertOne, u"UPDATE s SET (n, m) = (SELECT id, a FROM t WHERE a = 'ours'), k = 1"_s });
    add("an upsert",
        { insertOne,
          u"INSERT INTO s (k, n) SELECT 1, max(id) FROM t WHERE true"
          u" ON CONFLICT (k) DO UPDATE SET n = excluded.n"_s });
    add("a copy of a copy", { insertOne, u"UPDATE s SET n = last_insert_rowid()"_s, u"UPDATE s SET m = 'of ' || n"_s });
    add("through a temporary table",
        { u"CREATE TEMP TABLE kept (id)"_s, insertOne, u"INSERT INTO kept SELECT max(id) FROM t"_s,
          u"UPDATE s SET n = (SELECT id FROM kept)"_s, u"DROP TABLE kept"_s });
    add("INSTEAD OF", { insertOne, u"UPDATE w SET n = (SELECT max(id) FROM t)"_s });
    add("a foreign key", { insertOne, u"UPDATE parents SET code = (SELECT max(id) FROM t)"_s });
    add("CREATE TABLE AS", { insertOne, u"CREATE TABLE made AS SELECT id FROM t WHERE a = 'ours'"_s });
    add("a rowid that is no column",
        { u"INSERT INTO loose VALUES ('ours')"_s, u"INSERT INTO log VALUES (last_insert_rowid(), 0)"_s });
    add("such a rowid, by name",
        { u"INSERT INTO loose VALUES ('ours')"_s, u"UPDATE s SET n = (SELECT max(_rowid_) FROM loose)"_s });
    add("such a rowid, by a trigger", { u"INSERT INTO named VALUES ('ours', 0)"_s });
}

void TestSqliteKeyFlows::copies()
{
    QFETCH(QStringList, statements);
    QCOMPARE(previewAndApply(statements), Outcome::Committed);
}

void TestSqliteKeyFlows::doNotHide_data()
{
    QTest::addColumn<QStringList>("statements");
    const auto add = [](const char* name, const QStringList& statements) { QTest::newRow(name) << statements; };
    add("a number of rows", { insertOne, u"UPDATE s SET n = (SELECT count(*) FROM t)"_s });
    add("of the row that the key names", { insertOne, u"UPDATE t SET a = (SELECT count(*) FROM t) WHERE id = 1"_s });
    add("another table's value", { insertOne, u"UPDATE s SET n = (SELECT p FROM other)"_s });
    add("beside a copy",
        { insertOne, u"UPDATE s SET n = (SELECT p FROM other), m = 'was ' || (SELECT max(id) FROM t)"_s });
    add("after last_insert_rowid()",
        { insertOne, u"UPDATE s SET m = last_insert_rowid()"_s, u"INSERT INTO other SELECT p FROM other"_s });
    add("in the row with the key", { u"INSERT INTO t (a) SELECT p FROM other"_s });
    add("by a trigger that only compares the key", { u"INSERT INTO t (a) VALUES ('counted')"_s });
    add("beside a rowid that is no column",
        { u"INSERT INTO loose VALUES ('ours')"_s, u"UPDATE s SET n = (SELECT p FROM other)"_s });
}

void TestSqliteKeyFlows::doNotHide()
{
    QFETCH(QStringList, statements);
    QCOMPARE(previewAndApply(statements), Outcome::RolledBack);
}

// Their values are parameters. What fires may copy all the same.
void TestSqliteKeyFlows::rowCommandsCopyNothing()
{
    const auto insert = [](const QString& what) {
        return std::make_shared<InsertRow>(u"shop"_s, TableName { {}, u"t"_s },
                                           NamedValues { { u"a"_s, Value::text(what) } });
    };
    const TestSqlite copied(schemaSql);
    QCOMPARE(previewAndApply(copied, { insert(u"audited"_s), insert(u"audited"_s) }), Outcome::Committed);

    const TestSqlite hidden(schemaSql
                            + "CREATE TRIGGER takes AFTER UPDATE OF n ON s BEGIN"
                              " UPDATE s SET m = (SELECT p FROM other); END;");
    const auto update = std::make_shared<UpdateRow>(u"shop"_s, TableName { {}, u"s"_s },
                                                    NamedValues { { u"k"_s, Value::integer(1) } },
                                                    NamedValues { { u"n"_s, Value::integer(5) } });
    QCOMPARE(previewAndApply(hidden, { insert(u"ours"_s), update }), Outcome::RolledBack);
}

// A statement that is kept compiled does more once its table has a trigger.
void TestSqliteKeyFlows::aTriggerThatIsMadeLater()
{
    const auto insert = std::make_shared<InsertRow>(u"shop"_s, TableName { {}, u"loose"_s },
                                                    NamedValues { { u"a"_s, Value::integer(1) } });
    const auto make
        = sql(u"CREATE TRIGGER late AFTER INSERT ON loose BEGIN INSERT INTO log VALUES (new.rowid, 0); END"_s);
    const TestSqlite database(schemaSql);
    QCOMPARE(previewAndApply(database, { insert, make, insert }), Outcome::Committed);
}

QTEST_GUILESS_MAIN(TestSqliteKeyFlows)
#include "tst_sqlitekeyflows.moc"
