// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/nearnames.h"
#include "schema/sqliteschemareader.h"
#include "session/sqliteconnection.h"
#include "support/testdatabase.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto shop = R"sql(
    CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'nobody', born DATE,
        upper TEXT AS (upper(name)), twice INT AS (id * 2) STORED);
    CREATE TABLE regions(a TEXT, b INT, "odd ""name" NUMERIC(10,2), PRIMARY KEY (b, a)) WITHOUT ROWID;
    CREATE TABLE orders(id INTEGER PRIMARY KEY AUTOINCREMENT, customer REFERENCES customers ON DELETE CASCADE,
        ra, rb, other, FOREIGN KEY (rb, ra) REFERENCES regions ON UPDATE SET NULL,
        FOREIGN KEY (other) REFERENCES customers(name));
    CREATE TABLE texts(key TEXT PRIMARY KEY, n INTEGER);
    CREATE TABLE descending(id INTEGER PRIMARY KEY DESC);
    CREATE TABLE ints(id INT PRIMARY KEY);
    CREATE TABLE plain(rowid, a);
    CREATE TABLE shadowed(_rowid_, a);
    CREATE TABLE huge(id INTEGER PRIMARY KEY);
    CREATE VIEW names AS SELECT name, id FROM customers;
    CREATE VIRTUAL TABLE notes USING fts5(body);
    CREATE TRIGGER stamp AFTER INSERT ON orders BEGIN UPDATE orders SET other = NULL WHERE id = NEW.id; END;
    INSERT INTO customers(id) VALUES (1), (7);
    INSERT INTO huge VALUES (9223372036854775807);
)sql";

} // namespace

class TestSqliteSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void listsTables();
    void readsColumns();
    void findsTheRowidAlias_data();
    void findsTheRowidAlias();
    void readsKeys();
    void readsTriggers();
    void readsWithoutRowid();
    void readsVirtualTablesAndViews();
    void searchesTempFirst();
    void ignoresCase();
    void seesTheTransaction();
    void namesWhatIsNear_data();
    void namesWhatIsNear();
    void saysWhatIsMissing();

private:
    [[nodiscard]] Table table(const QString& name, const QString& schema = {})
    {
        auto read = m_reader->table(schema, name);
        if (!read)
            qFatal("%s", qPrintable(read.error().text()));
        return read.value();
    }

    std::unique_ptr<TestSqlite> m_file;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<SchemaReader> m_reader;
};

void TestSqliteSchema::initTestCase()
{
    m_file = std::make_unique<TestSqlite>(shop);
    auto opened = openSqlite({ .name = u"shop"_s, .engine = EngineKind::SQLite, .address = m_file->path() }, {});
    QVERIFY(opened);
    m_connection = std::move(opened).value();
    m_reader = sqliteSchemaReader(*m_connection);
}

void TestSqliteSchema::listsTables()
{
    const auto tables = m_reader->tables();
    QVERIFY(tables);
    QStringList texts;
    for (const Table& table : *tables)
        texts.append(u"%1.%2 %3%4 %5"_s.arg(table.schema, table.name)
                         .arg(int(table.kind))
                         .arg(table.internal ? u" internal"_s : QString())
                         .arg(table.estimatedRows));
    QCOMPARE(texts.join(u'\n'), uR"(main.customers 0 7
main.descending 0 0
main.huge 0 -1
main.ints 0 0
main.names 1 -1
main.notes 2 -1
main.notes_config 0 internal -1
main.notes_content 0 internal -1
main.notes_data 0 internal -1
main.notes_docsize 0 internal -1
main.notes_idx 0 internal -1
main.orders 0 0
main.plain 0 0
main.regions 0 -1
main.shadowed 0 -1
main.sqlite_sequence 0 internal -1
main.texts 0 0)"_s);
}

void TestSqliteSchema::readsColumns()
{
    const Table customers = table(u"customers"_s);
    QCOMPARE(customers.schema, u"main"_s);
    QStringList texts;
    for (const Column& column : customers.columns) {
        texts.append(u"%1 %2 [%3]%4%5%6 %7"_s.arg(column.name, column.type, column.defaultText)
                         .arg(column.notNull ? u" not null"_s : u""_s, column.generated ? u" generated"_s : u""_s,
                              column.identity ? u" identity"_s : u""_s)
                         .arg(column.keyPosition));
    }
    QCOMPARE(texts,
             (QStringList { u"id INTEGER [] identity 1"_s, u"name TEXT ['nobody'] not null 0"_s, u"born DATE [] 0"_s,
                            u"upper TEXT [] generated 0"_s, u"twice INT [] generated 0"_s }));
    QVERIFY(!customers.withoutRowid);
    QCOMPARE(customers.estimatedRows, 7);
}

void TestSqliteSchema::findsTheRowidAlias_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("alias");
    QTest::newRow("INTEGER PRIMARY KEY") << u"huge"_s << true;
    QTest::newRow("AUTOINCREMENT") << u"orders"_s << true;
    QTest::newRow("DESC") << u"descending"_s << false;
    QTest::newRow("INT") << u"ints"_s << false;
    QTest::newRow("TEXT") << u"texts"_s << false;
    QTest::newRow("none") << u"plain"_s << false;
}

void TestSqliteSchema::findsTheRowidAlias()
{
    QFETCH(QString, name);
    QFETCH(bool, alias);
    const Table read = table(name);
    QCOMPARE(read.columns.first().identity, alias);
    for (const Column& column : read.columns.sliced(1))
        QVERIFY(!column.identity);
}

void TestSqliteSchema::readsKeys()
{
    const Table orders = table(u"orders"_s);
    QCOMPARE(orders.primaryKey(), QStringList { u"id"_s });
    QCOMPARE(orders.foreignKeys.size(), 3);
    const auto key = [&](const QString& parent, const QString& column) {
        for (const ForeignKey& candidate : orders.foreignKeys) {
            if (candidate.referencedTable == parent && candidate.columns.first() == column)
                return candidate;
        }
        return ForeignKey();
    };
    const ForeignKey customer = key(u"customers"_s, u"customer"_s);
    QCOMPARE(customer.referencedColumns, QStringList { u"id"_s });
    QCOMPARE(customer.onDelete, u"CASCADE"_s);
    QCOMPARE(customer.onUpdate, u"NO ACTION"_s);
    QCOMPARE(customer.referencedSchema, u"main"_s);
    const ForeignKey region = key(u"regions"_s, u"rb"_s);
    QCOMPARE(region.columns, (QStringList { u"rb"_s, u"ra"_s }));
    QCOMPARE(region.referencedColumns, (QStringList { u"b"_s, u"a"_s }));
    QCOMPARE(region.onUpdate, u"SET NULL"_s);
    QCOMPARE(key(u"customers"_s, u"other"_s).referencedColumns, QStringList { u"name"_s });
}

void TestSqliteSchema::readsTriggers()
{
    const Table orders = table(u"orders"_s);
    QCOMPARE(orders.triggers.size(), 1);
    QCOMPARE(orders.triggers.first().name, u"stamp"_s);
    QVERIFY(orders.triggers.first().definition.startsWith(u"CREATE TRIGGER stamp"_s));
    QVERIFY(table(u"customers"_s).triggers.isEmpty());
    QVERIFY(m_connection->query({ "CREATE TEMP TRIGGER watch AFTER DELETE ON customers BEGIN SELECT 1; END", {} }));
    QCOMPARE(table(u"customers"_s).triggers.size(), 1);
    QVERIFY(m_connection->query({ "DROP TRIGGER watch", {} }));
}

void TestSqliteSchema::readsWithoutRowid()
{
    const Table regions = table(u"regions"_s);
    QVERIFY(regions.withoutRowid);
    QCOMPARE(regions.primaryKey(), (QStringList { u"b"_s, u"a"_s }));
    QCOMPARE(regions.columns.at(2).name, u"odd \"name"_s);
    QCOMPARE(regions.columns.at(2).type, u"NUMERIC(10,2)"_s);
    QCOMPARE(regions.estimatedRows, -1);
}

void TestSqliteSchema::readsVirtualTablesAndViews()
{
    const Table notes = table(u"notes"_s);
    QCOMPARE(notes.kind, TableKind::Virtual);
    QCOMPARE(notes.columns.size(), 1); // its hidden columns are not shown
    const Table names = table(u"names"_s);
    QCOMPARE(names.kind, TableKind::View);
    QCOMPARE(names.columns.size(), 2);
    QVERIFY(table(u"notes_data"_s).internal);
}

void TestSqliteSchema::searchesTempFirst()
{
    QVERIFY(m_connection->query({ "CREATE TEMP TABLE texts(other)", {} }));
    QCOMPARE(table(u"texts"_s).schema, u"temp"_s);
    QCOMPARE(table(u"texts"_s).columns.first().name, u"other"_s);
    QCOMPARE(table(u"texts"_s, u"main"_s).columns.size(), 2);
    QVERIFY(m_connection->query({ "DROP TABLE temp.texts", {} }));
    QCOMPARE(table(u"texts"_s).schema, u"main"_s);
}

void TestSqliteSchema::ignoresCase()
{
    QCOMPARE(table(u"CUSTOMERS"_s, u"Main"_s), table(u"customers"_s));
}

void TestSqliteSchema::seesTheTransaction()
{
    QVERIFY(m_connection->begin(TransactionMode::Write));
    QVERIFY(m_connection->query({ "ALTER TABLE plain ADD COLUMN c DEFAULT 7", {} }));
    QCOMPARE(table(u"plain"_s).columns.size(), 3);
    QVERIFY(m_connection->rollback());
    QCOMPARE(table(u"plain"_s).columns.size(), 2);
}

void TestSqliteSchema::namesWhatIsNear_data()
{
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QStringList>("near");
    QTest::newRow("a slip") << u"custmers"_s << QStringList { u"customers"_s };
    QTest::newRow("case") << u"ORDER"_s << QStringList { u"orders"_s };
    QTest::newRow("a part") << u"name"_s << QStringList { u"names"_s, u"surnames"_s };
    QTest::newRow("nothing") << u"zebra"_s << QStringList {};
    QTest::newRow("empty") << u""_s << QStringList {};
}

void TestSqliteSchema::namesWhatIsNear()
{
    QFETCH(QString, wanted);
    QFETCH(QStringList, near);
    QCOMPARE(nearNames(wanted, { u"customers"_s, u"orders"_s, u"names"_s, u"surnames"_s }), near);
}

void TestSqliteSchema::saysWhatIsMissing()
{
    const auto missing = m_reader->table({}, u"custmers"_s);
    QVERIFY(!missing);
    QCOMPARE(missing.error().kind, ErrorKind::Statement);
    QCOMPARE(missing.error().table, u"custmers"_s);
    QVERIFY(missing.error().message.contains(m_file->path()));
    QCOMPARE(missing.error().hint, u"Did you mean customers?"_s);
    QVERIFY(!m_reader->table(u"temp"_s, u"customers"_s));
    QVERIFY(m_reader->table({}, u"nothing like it"_s).error().hint.isEmpty());
}

QTEST_GUILESS_MAIN(TestSqliteSchema)
#include "tst_sqliteschema.moc"
