// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/foreignkeycheck.h"

#include "command/runsql.h"
#include "support/postgresconnections.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schema = R"sql(
CREATE SCHEMA "Far away";
CREATE TABLE "Far away"."the p"(a int, b varchar(9), note text, UNIQUE (a, b));
CREATE TABLE c(id int PRIMARY KEY, y text, x bigint, FOREIGN KEY (x, y) REFERENCES "Far away"."the p" (a, b));
CREATE TABLE node(id int PRIMARY KEY, parent int REFERENCES node, code char(4) UNIQUE);
CREATE TABLE leaf(code char(4) REFERENCES node (code));
CREATE TABLE late(id int PRIMARY KEY, node int);
CREATE TABLE d(id int PRIMARY KEY DEFERRABLE, u text UNIQUE DEFERRABLE, r int4range, EXCLUDE USING gist (r WITH &&) DEFERRABLE);
CREATE TABLE part(k int, id int, node int REFERENCES node, PRIMARY KEY (k, id)) PARTITION BY LIST (k);
CREATE TABLE part1 PARTITION OF part FOR VALUES IN (1); CREATE TABLE part2 PARTITION OF part FOR VALUES IN (2);
CREATE TABLE ofpart(k int, id int, FOREIGN KEY (k, id) REFERENCES part);
CREATE TABLE root(id int PRIMARY KEY); CREATE TABLE heir() INHERITS (root); CREATE TABLE ofroot(id int REFERENCES root);
ALTER TABLE part2 ADD CONSTRAINT only_here FOREIGN KEY (id) REFERENCES root;
INSERT INTO "Far away"."the p" VALUES (1, 'it''s', 'n'), (2, 'a"b\c{}', 'n'), (3, NULL, 'n');
INSERT INTO c VALUES (1, 'it''s', 1), (2, NULL, 7), (3, 'a"b\c{}', 2);
INSERT INTO node VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 3, 'c'); INSERT INTO leaf VALUES ('a');
INSERT INTO late VALUES (1, 99); ALTER TABLE late ADD FOREIGN KEY (node) REFERENCES node NOT VALID;
INSERT INTO d VALUES (1, 'x', '[1,5)'), (2, 'y', '[5,9)');
CREATE TABLE one(id int PRIMARY KEY, u int, w text, UNIQUE NULLS NOT DISTINCT (u, w) DEFERRABLE);
INSERT INTO one VALUES (1, NULL, ''), (2, 7, NULL);
INSERT INTO root VALUES (1), (2); INSERT INTO heir VALUES (7); INSERT INTO ofroot VALUES (1);
INSERT INTO part VALUES (1, 1, 1), (2, 2, 2), (1, 50, NULL); INSERT INTO ofpart VALUES (1, 1), (2, 2);
)sql";

Result<void> runAs(int index, TransactionContext& transaction, const QString& text)
{
    const RunSql command(u"t"_s, text);
    transaction.startCommand(index, command);
    return command.execute(transaction);
}

/// Runs statements with triggers suppressed and what they leave is checked; "ok" or the SQLSTATE, constraint and
/// detail.
QString checked(const TestPostgres& database, const QStringList& statements)
{
    const auto connection = connectTo(database, { .suppressTriggers = true });
    const auto transaction
        = TransactionContext::begin(*connection, TransactionContext::Observe::Effects, {}, Cancellation());
    if (!transaction)
        return transaction.error().text();
    for (int index = 0; index < statements.size(); ++index) {
        if (const auto submitted = runAs(index, **transaction, statements.at(index)); !submitted)
            return submitted.error().text();
        if (const auto flushed = (*transaction)->flush(); !flushed)
            return flushed.error().text();
    }
    if ((*transaction)->failedCommand())
        return u"failed: "_s + (*transaction)->error(*(*transaction)->failedCommand())->text();
    auto effects = (*transaction)->collect();
    if (!effects)
        return effects.error().text();
    const auto held = checkForeignKeys(**transaction, {}, *effects);
    return held ? u"ok"_s : u"%1 %2 %3"_s.arg(held.error().sqlState, held.error().constraint, held.error().detail);
}

} // namespace

class TestForeignKeyCheck : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void finds_data();
    void finds();
    void looksUpAndScansNothing();
    void manyValues();
    void isLeftToTheServer();

private:
    std::unique_ptr<TestPostgres> m_database;
};

void TestForeignKeyCheck::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database = std::make_unique<TestPostgres>(schema);
}

void TestForeignKeyCheck::finds_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char* name, const QStringList& statements, const char* expected) {
        QTest::newRow(name) << statements << QString::fromUtf8(expected);
    };
    add("nothing referred to", { u"DELETE FROM \"Far away\".\"the p\" WHERE a = 3"_s, u"DELETE FROM leaf"_s }, "ok");
    add("parent of two columns gone", { u"DELETE FROM \"Far away\".\"the p\" WHERE a = 2"_s },
        "23503 c_x_y_fkey Far away.the p: a = 2, b = a\"b\\c{}");
    add("another column of the parent", { u"UPDATE \"Far away\".\"the p\" SET note = 'z'"_s }, "ok");
    add("a column that no key names", { u"UPDATE late SET id = 5"_s }, "ok");
    add("parent and child gone",
        { u"DELETE FROM \"Far away\".\"the p\" WHERE a = 1"_s, u"DELETE FROM c WHERE id = 1"_s }, "ok");
    add("parent's key changed", { u"UPDATE \"Far away\".\"the p\" SET b = 'its' WHERE a = 1"_s },
        "23503 c_x_y_fkey Far away.the p: a = 1, b = it's");
    add("key handed on",
        { u"DELETE FROM \"Far away\".\"the p\" WHERE a = 1"_s,
          u"UPDATE \"Far away\".\"the p\" SET a = 1, b = 'it''s' WHERE a = 3"_s },
        "ok");
    add("child without parent", { u"INSERT INTO c VALUES (9, 'nobody', 1)"_s },
        "23503 c_x_y_fkey public.c: x = 1, y = nobody");
    add("NULL like any other value", { u"INSERT INTO one VALUES (9, NULL, ''), (8, NULL, NULL)"_s },
        "23505 one_u_w_key public.one: u = NULL, w = ");
    add("NULL beside others", { u"INSERT INTO one VALUES (9, NULL, 'x'), (8, NULL, NULL), (7, 8, NULL)"_s }, "ok");
    add("partly NULL", { u"INSERT INTO c VALUES (9, NULL, 1)"_s }, "ok");
    add("itself", { u"INSERT INTO node VALUES (8, 8, 'h')"_s }, "ok");
    add("self reference broken", { u"DELETE FROM node WHERE id = 1"_s },
        "23503 leaf_code_fkey public.node: code = a   ");
    add("padded text", { u"UPDATE node SET code = 'z' WHERE id = 1"_s, u"UPDATE leaf SET code = 'z'"_s }, "ok");
    add("a row that never had its parent",
        { u"DELETE FROM late"_s, u"INSERT INTO late VALUES (1, 99)"_s, u"INSERT INTO late VALUES (2, 98)"_s }, "ok");
    add("parent of a key not validated", { u"INSERT INTO late VALUES (3, 3)"_s, u"DELETE FROM node WHERE id = 3"_s },
        "23503 late_node_fkey public.node: id = 3");
    add("primary key twice", { u"INSERT INTO d VALUES (1, 'z', NULL)"_s }, "23505 d_pkey public.d: id = 1");
    add("unique value twice", { u"UPDATE d SET u = 'y' WHERE id = 1"_s }, "23505 d_u_key public.d: u = y");
    add("values exchanged", { u"UPDATE d SET u = CASE u WHEN 'x' THEN 'y' ELSE 'x' END, id = 3 - id"_s }, "ok");
    add("ranges overlap", { u"UPDATE d SET r = '[4,9)' WHERE id = 2"_s }, "23505 d_r_excl public.d: r = [4,9)");
    add("parent of a partitioned table", { u"DELETE FROM node WHERE id = 2"_s },
        "23503 part_node_fkey public.node: id = 2");
    add("child in a partition", { u"INSERT INTO part VALUES (1, 3, 77)"_s },
        "23503 part_node_fkey public.part: node = 77");
    add("key of one partition alone", { u"INSERT INTO part VALUES (2, 51, NULL)"_s },
        "23503 only_here public.part: id = 51");
    add("not of the other one", { u"INSERT INTO part VALUES (1, 51, NULL)"_s }, "ok");
    add("partitioned parent", { u"DELETE FROM part WHERE id = 1"_s },
        "23503 ofpart_k_id_fkey public.part: k = 1, id = 1");
    add("an heir is no parent", { u"INSERT INTO ofroot VALUES (7)"_s }, "23503 ofroot_id_fkey public.ofroot: id = 7");
    add("heirs are not referred to", { u"DELETE FROM heir"_s }, "ok");
}

void TestForeignKeyCheck::finds()
{
    QFETCH(QStringList, statements);
    QFETCH(QString, expected);
    QCOMPARE(checked(*m_database, statements), expected);
}

// By the server's own counters, in the transaction that checked.
void TestForeignKeyCheck::looksUpAndScansNothing()
{
    const TestPostgres database(
        "CREATE TABLE p(id int PRIMARY KEY); CREATE TABLE c(id int PRIMARY KEY, p int REFERENCES p);"
        "CREATE INDEX ON c (p); INSERT INTO p SELECT generate_series(1, 50000);"
        "INSERT INTO c SELECT i, i FROM generate_series(1, 40000) i; ANALYZE");
    const auto connection = connectTo(database, { .suppressTriggers = true });
    const auto transaction
        = TransactionContext::begin(*connection, TransactionContext::Observe::Effects, {}, Cancellation());
    QVERIFY(transaction.ok());
    QVERIFY(runAs(0, **transaction, u"DELETE FROM p WHERE id = 49000"_s).ok());
    QVERIFY(runAs(1, **transaction, u"INSERT INTO c VALUES (49001, 49001)"_s).ok());
    auto effects = (*transaction)->collect();
    QVERIFY(effects.ok());
    const QByteArray scans = "SELECT sum(seq_scan)::int8, sum(idx_scan)::int8 FROM pg_stat_xact_user_tables";
    const Rowset before = (*transaction)->query({ scans, {} }).value();
    QVERIFY(checkForeignKeys(**transaction, {}, *effects).ok());
    const Rowset after = (*transaction)->query({ scans, {} }).value();
    QCOMPARE(after.rows.at(0).at(0), before.rows.at(0).at(0));
    QVERIFY(after.rows.at(0).at(1).toInteger() > before.rows.at(0).at(1).toInteger());
}

void TestForeignKeyCheck::manyValues()
{
    const TestPostgres database("CREATE TABLE p(id text PRIMARY KEY); CREATE TABLE c(p text REFERENCES p);"
                                "INSERT INTO p SELECT generate_series(1, 25000); INSERT INTO c VALUES (24999)");
    QCOMPARE(checked(database, { u"DELETE FROM p WHERE id <> '24999'"_s }), u"ok"_s);
    QCOMPARE(checked(database, { u"DELETE FROM p"_s }), u"23503 c_p_fkey public.p: id = 24999"_s);
}

// Where the role may not suppress triggers, they do their work.
void TestForeignKeyCheck::isLeftToTheServer()
{
    const auto connection = connectTo(*m_database);
    const auto transaction
        = TransactionContext::begin(*connection, TransactionContext::Observe::Effects, {}, Cancellation());
    QVERIFY(transaction.ok());
    TargetEffects wrong;
    wrong.engine = EngineKind::PostgreSQL;
    TableEffects table;
    table.name = { u"public"_s, u"leaf"_s };
    table.columns = { u"code"_s };
    table.inserted = 1;
    RowChange row;
    row.change = ChangeKind::Insert;
    row.after = { Value::text(u"none"_s) };
    table.rows = { row };
    wrong.tables = { table };
    QVERIFY(checkForeignKeys(**transaction, {}, wrong).ok());
}

QTEST_GUILESS_MAIN(TestForeignKeyCheck)
#include "tst_foreignkeycheck.moc"
