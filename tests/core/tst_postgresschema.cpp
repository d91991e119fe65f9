// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/postgresschemareader.h"
#include "support/postgresconnections.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto shop = R"sql(
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE DOMAIN document AS json;
    CREATE DOMAIN code AS varchar(5);
    CREATE TYPE pair AS (a int, b json);
    CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x',
        gone int, twice bigint GENERATED ALWAYS AS (id * 2) STORED);
    ALTER TABLE customers DROP COLUMN gone;
    CREATE TABLE orders (b int, a int, note text, customer bigint REFERENCES customers ON DELETE CASCADE
        ON UPDATE SET NULL DEFERRABLE, PRIMARY KEY (a, b) INCLUDE (note));
    CREATE TABLE lines (id int, oa int, ob int, CONSTRAINT of_order FOREIGN KEY (oa, ob) REFERENCES orders (a, b));
    CREATE TABLE kinds (i int, v varchar(3), n numeric(10,2), j json, jb jsonb, x xml, p point, ia int[], ja json[],
        m mood, ma mood[], d document, c code, ca code[], r int4range, q pair, u uuid, t timestamptz, bits bit(3),
        money money);
    CREATE TABLE parts (k int, v text) PARTITION BY LIST (k);
    CREATE TABLE parts1 PARTITION OF parts FOR VALUES IN (1);
    CREATE TABLE parent (a int);
    CREATE TABLE child (b int) INHERITS (parent);
    CREATE VIEW names AS SELECT name FROM customers;
    CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
    CREATE TABLE ruled (a int);
    CREATE RULE no_delete AS ON DELETE TO ruled DO INSTEAD NOTHING;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER second AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f();
    CREATE TRIGGER first BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();
    ALTER TABLE orders DISABLE TRIGGER second;
    CREATE SCHEMA "Odd one";
    CREATE TABLE "Odd one"."Ta.ble ""q""" ("Col ""x""" int);
    CREATE TABLE "Odd one".customers (a int);
    INSERT INTO parent SELECT generate_series(1, 500);
    ANALYZE parent;
)sql";

} // namespace

class TestPostgresSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void listsTables();
    void readsColumns();
    void tellsComparableTypes_data();
    void tellsComparableTypes();
    void readsKeys();
    void readsTriggers();
    void readsKinds_data();
    void readsKinds();
    void oddNames();
    void searchPath();
    void seesTheTransaction();
    void hiddenRowsAreNotSelectable();
    void noSuchTable_data();
    void noSuchTable();

private:
    [[nodiscard]] Table table(const QString& name, const QString& schema = {})
    {
        auto found = postgresSchemaReader(*m_connection)->table(schema, name);
        if (!found)
            QTest::qFail(qPrintable(found.error().text()), __FILE__, __LINE__);
        return found ? *found : Table();
    }

    std::optional<TestPostgres> m_database;
    std::unique_ptr<PostgresConnection> m_connection;
};

void TestPostgresSchema::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database.emplace(shop);
    m_connection = connectTo(*m_database);
}

void TestPostgresSchema::cleanupTestCase()
{
    m_connection.reset();
    m_database.reset();
}

void TestPostgresSchema::listsTables()
{
    const auto tables = postgresSchemaReader(*m_connection)->tables();
    QVERIFY(tables.ok());
    QStringList names;
    for (const Table& table : *tables) {
        names.append(table.schema + u'.' + table.name);
        QVERIFY(table.columns.isEmpty());
    }
    QCOMPARE(names.join(u' '),
             u"Odd one.Ta.ble \"q\" Odd one.customers public.child public.customers public.kept public.kinds "
             "public.lines public.names public.orders public.parent public.parts public.parts1 public.ruled"_s);
}

void TestPostgresSchema::readsColumns()
{
    const Table customers = table(u"customers"_s);
    QCOMPARE(customers.schema, u"public"_s);
    QCOMPARE(customers.columns.size(), 3);
    const Column id { u"id"_s, u"bigint"_s, {}, true, false, true, true, 1, true };
    const Column name {
        u"name"_s, u"character varying(20)"_s, u"'x'::character varying"_s, true, false, false, true, 0
    };
    const Column twice { u"twice"_s, u"bigint"_s, u"(id * 2)"_s, false, true, false, true, 0 };
    QCOMPARE(customers.columns.at(0), id);
    QCOMPARE(customers.columns.at(1), name);
    QCOMPARE(customers.columns.at(2), twice);
}

void TestPostgresSchema::tellsComparableTypes_data()
{
    QTest::addColumn<bool>("comparable");
    for (const char* column : { "i", "v", "n", "jb", "ia", "m", "ma", "c", "ca", "r", "u", "t", "bits", "money" })
        QTest::newRow(column) << true;
    for (const char* column : { "j", "x", "p", "ja", "d", "q" })
        QTest::newRow(column) << false;
}

void TestPostgresSchema::tellsComparableTypes()
{
    QFETCH(bool, comparable);
    const Table kinds = table(u"kinds"_s);
    const QString column = QString::fromUtf8(QTest::currentDataTag());
    QCOMPARE(kinds.columns.value(kinds.columnIndex(column)).comparable, comparable);
    // The server agrees.
    const QByteArray name = column.toUtf8();
    const auto compared = m_connection->query(statement("SELECT " + name + " FROM kinds GROUP BY " + name));
    QCOMPARE(compared.ok(), comparable);
}

void TestPostgresSchema::readsKeys()
{
    const Table orders = table(u"orders"_s);
    QCOMPARE(orders.primaryKey(), QStringList({ u"a"_s, u"b"_s }));
    const ForeignKey toCustomer { u"orders_customer_fkey"_s,
                                  { u"customer"_s },
                                  u"public"_s,
                                  u"customers"_s,
                                  { u"id"_s },
                                  u"CASCADE"_s,
                                  u"SET NULL"_s,
                                  true };
    QCOMPARE(orders.foreignKeys, QList({ toCustomer }));
    const ForeignKey ofOrder { u"of_order"_s,      { u"oa"_s, u"ob"_s }, u"public"_s,    u"orders"_s,
                               { u"a"_s, u"b"_s }, u"NO ACTION"_s,       u"NO ACTION"_s, false };
    QCOMPARE(table(u"lines"_s).foreignKeys, QList({ ofOrder }));
    QVERIFY(table(u"lines"_s).primaryKey().isEmpty());
}

void TestPostgresSchema::readsTriggers()
{
    const Table orders = table(u"orders"_s);
    QCOMPARE(orders.triggers.size(), 2);
    QCOMPARE(orders.triggers.at(0).name, u"first"_s);
    QVERIFY(orders.triggers.at(0).definition.startsWith("CREATE TRIGGER first BEFORE INSERT"_L1));
    QVERIFY(orders.triggers.at(0).enabled);
    QVERIFY(!orders.triggers.at(1).enabled);
}

void TestPostgresSchema::readsKinds_data()
{
    QTest::addColumn<TableKind>("kind");
    QTest::addColumn<bool>("hasChildren");
    QTest::addColumn<bool>("hasRules");
    QTest::newRow("customers") << TableKind::Table << false << false;
    QTest::newRow("parts") << TableKind::Partitioned << true << false;
    QTest::newRow("parts1") << TableKind::Table << false << false;
    QTest::newRow("parent") << TableKind::Table << true << false;
    QTest::newRow("child") << TableKind::Table << false << false;
    QTest::newRow("names") << TableKind::View << false << false;
    QTest::newRow("kept") << TableKind::MaterializedView << false << false;
    QTest::newRow("ruled") << TableKind::Table << false << true;
}

void TestPostgresSchema::readsKinds()
{
    QFETCH(TableKind, kind);
    QFETCH(bool, hasChildren);
    QFETCH(bool, hasRules);
    const Table read = table(QString::fromUtf8(QTest::currentDataTag()));
    QCOMPARE(read.kind, kind);
    QCOMPARE(read.hasChildren, hasChildren);
    QCOMPARE(read.hasRules, hasRules);
    QVERIFY(read.selectable);
    QCOMPARE(read.estimatedRows, read.name == "parent"_L1 ? 500 : -1);
}

void TestPostgresSchema::oddNames()
{
    const Table odd = table(u"Ta.ble \"q\""_s, u"Odd one"_s);
    QCOMPARE(odd.name, u"Ta.ble \"q\""_s);
    QCOMPARE(odd.columns.value(0).name, u"Col \"x\""_s);
}

void TestPostgresSchema::searchPath()
{
    const auto other = connectTo(*m_database);
    QVERIFY(other->query(statement("SET search_path = \"Odd one\", public")).ok());
    const auto reader = postgresSchemaReader(*other);
    QCOMPARE(reader->table({}, u"customers"_s)->schema, u"Odd one"_s);
    QCOMPARE(reader->table({}, u"orders"_s)->schema, u"public"_s);
    QVERIFY(other->query(statement("CREATE TEMP TABLE orders (t int)")).ok());
    QVERIFY(reader->table({}, u"orders"_s)->schema.startsWith("pg_temp"_L1));
}

void TestPostgresSchema::seesTheTransaction()
{
    QVERIFY(m_connection->begin(TransactionMode::Write).ok());
    QVERIFY(m_connection->query(statement("ALTER TABLE lines ADD COLUMN fresh int")).ok());
    QCOMPARE(table(u"lines"_s).columns.constLast().name, u"fresh"_s);
    QVERIFY(m_connection->rollback().ok());
    QCOMPARE(table(u"lines"_s).columns.constLast().name, u"ob"_s);
}

void TestPostgresSchema::hiddenRowsAreNotSelectable()
{
    const QString role = m_database->name() + "_r"_L1;
    const QByteArray quoted = role.toUtf8();
    m_database->exec("CREATE ROLE " + quoted + " LOGIN; GRANT SELECT (i) ON kinds TO " + quoted
                     + "; GRANT SELECT ON lines, parent TO " + quoted
                     + "; ALTER TABLE lines ENABLE ROW LEVEL SECURITY");
    {
        const auto connection = connectTo(*m_database, {}, role);
        const auto reader = postgresSchemaReader(*connection);
        QVERIFY(reader->table({}, u"parent"_s)->selectable);
        QVERIFY(!reader->table({}, u"lines"_s)->selectable);
        QVERIFY(!reader->table({}, u"kinds"_s)->selectable);
        QVERIFY(!reader->table({}, u"orders"_s)->selectable);
        QVERIFY(!reader->table(u"Odd one"_s, u"customers"_s)->selectable);
    }
    QVERIFY(table(u"lines"_s).selectable); // the owner sees all
    m_database->exec("DROP OWNED BY " + quoted + "; DROP ROLE " + quoted
                     + "; ALTER TABLE lines DISABLE ROW LEVEL SECURITY");
}

void TestPostgresSchema::noSuchTable_data()
{
    QTest::addColumn<QString>("schema");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("hint");
    QTest::newRow("a slip") << QString() << u"ordres"_s << u"Did you mean orders?"_s;
    QTest::newRow("another schema") << QString() << u"Ta.ble \"q\""_s << u"Did you mean Odd one.Ta.ble \"q\"?"_s;
    QTest::newRow("nothing like it") << QString() << u"zzzzzzzz"_s << QString();
    QTest::newRow("wrong schema") << u"Odd one"_s << u"orders"_s << u"Did you mean public.orders?"_s;
}

void TestPostgresSchema::noSuchTable()
{
    QFETCH(QString, schema);
    QFETCH(QString, name);
    QFETCH(QString, hint);
    const auto missing = postgresSchemaReader(*m_connection)->table(schema, name);
    QVERIFY(!missing.ok());
    QCOMPARE(missing.error().kind, ErrorKind::Statement);
    QCOMPARE(missing.error().table, name);
    QCOMPARE(missing.error().hint, hint);
}

QTEST_GUILESS_MAIN(TestPostgresSchema)
#include "tst_postgresschema.moc"
