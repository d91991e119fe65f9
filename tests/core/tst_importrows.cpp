// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/importrows.h"
#include "support/commandrun.h"
#include "support/testtarget.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestImportRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void imports_data();
    void imports();
    void refuses_data();
    void refuses();
    void namesTheFailingLine_data() { TestTarget::addEngines(); }
    void namesTheFailingLine();
    void tellsTheLineOfEachStatement();
    void storesTypes_data() { TestTarget::addEngines(); }
    void storesTypes();
    void oneColumn();
    void stopsWhenAsked();
    void streams();
    void unreadableFiles();
    void intoAView();
    void describes();

private:
    [[nodiscard]] ImportRows import(const QByteArray& csv, const QString& table = u"products"_s) const;

    QTemporaryDir m_folder;
};

namespace {

constexpr auto products = "CREATE TABLE products(id INTEGER PRIMARY KEY, name TEXT, note TEXT DEFAULT 'none')";
constexpr auto allRows = "SELECT id, name, note FROM products ORDER BY id";

} // namespace

ImportRows TestImportRows::import(const QByteArray& csv, const QString& table) const
{
    const QString path = m_folder.filePath(u"products.csv"_s);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(csv) != csv.size())
        qFatal("the test's file cannot be written");
    return ImportRows(u"test"_s, { {}, table }, u"products.csv"_s, path);
}

void TestImportRows::imports_data()
{
    QTest::addColumn<QByteArray>("csv");
    QTest::addColumn<QString>("rows");
    QTest::newRow("plain") << "id,name\n1,Ada\n2,Bob\n"_ba << u"1|Ada|none\n2|Bob|none"_s;
    QTest::newRow("no line break at the end") << "id,name\n1,Ada"_ba << u"1|Ada|none"_s;
    QTest::newRow("CRLF") << "id,name\r\n1,Ada\r\n2,Bob\r\n"_ba << u"1|Ada|none\n2|Bob|none"_s;
    QTest::newRow("byte order mark") << "\xef\xbb\xbfid,name\n1,Ada\n"_ba << u"1|Ada|none"_s;
    QTest::newRow("only the header") << "id,name\n"_ba << u""_s;
    QTest::newRow("the header's order") << "name,id\nAda,1\n"_ba << u"1|Ada|none"_s;
    QTest::newRow("quoted header") << "\"id\",\"name\"\n1,Ada\n"_ba << u"1|Ada|none"_s;
    QTest::newRow("NULL and the empty string") << "id,name,note\n1,,\"\"\n2,\"\",\n"_ba << u"1|NULL|\n2||NULL"_s;
    QTest::newRow("quotes, commas, line breaks")
        << "id,name\n1,\"a \"\"b\"\", c\"\n2,\"two\nlines\"\n3,\"CR\r\nLF\"\n"_ba
        << u"1|a \"b\", c|none\n2|two\nlines|none\n3|CR\r\nLF|none"_s;
    QTest::newRow("spaces belong to the field") << "id,name\n1, Ada \n"_ba << u"1| Ada |none"_s;
    QTest::newRow("umlauts and beyond") << "id,name\n1,Zoë 😀\n"_ba << u"1|Zoë 😀|none"_s;
    QTest::newRow("empty lines at the end") << "id,name\n1,Ada\n\n\r\n"_ba << u"1|Ada|none"_s;
    QTest::newRow("what looks like SQL") << "id,name\n1,\"'); DROP TABLE products; --\"\n"_ba
                                         << u"1|'); DROP TABLE products; --|none"_s;
    QTest::newRow("what looks like a parameter") << "id,name\n1,$1 ?1 :a\n"_ba << u"1|$1 ?1 :a|none"_s;
}

void TestImportRows::imports()
{
    QFETCH(const QByteArray, csv);
    QFETCH(const QString, rows);
    for (const EngineKind engine : { EngineKind::SQLite, EngineKind::PostgreSQL }) {
        if (engine == EngineKind::PostgreSQL && !TestPostgres::available())
            continue;
        const TestTarget target(engine, products);
        CommandRun run(target.connection());
        const auto done = run.commit(import(csv));
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        QCOMPARE(target.printed(allRows), rows);
    }
}

void TestImportRows::refuses_data()
{
    QTest::addColumn<QByteArray>("csv");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char* name, const QByteArray& csv, const QString& message, const QString& hint = {}) {
        QTest::newRow(name) << csv << message << hint;
    };
    row("empty file", "", u"line 1 of products.csv: the file is empty; it must begin with a line of column names"_s);
    row("only a byte order mark", "\xef\xbb\xbf",
        u"line 1 of products.csv: the file is empty; it must begin with a line of column names"_s);
    row("UTF-16", QByteArray("\xff\xfei\0d\0\n\0", 8),
        u"line 1 of products.csv: the file is UTF-16; save it as UTF-8"_s);
    row("an unknown column", "id,nam\n1,Ada\n", u"line 1 of products.csv: main.products has no column \"nam\""_s,
        u"Did you mean name?"_s);
    row("a column twice", "id,id\n1,1\n",
        u"line 1 of products.csv: the column \"id\" of main.products is written twice"_s);
    row("a column twice in another case", "id,ID\n1,1\n",
        u"line 1 of products.csv: the column \"id\" of main.products is written twice"_s);
    row("a column without a name", "id,,name\n1,2,Ada\n", u"line 1 of products.csv: column 2 has no name"_s);
    row("a column with an empty name", "id,\"\"\n1,2\n", u"line 1 of products.csv: column 2 has no name"_s);
    row("an empty line first", "\nid,name\n", u"line 1 of products.csv: the line is empty"_s);
    row("a short line", "id,name\n1,Ada\n2\n", u"line 3 of products.csv: 1 fields, but the header has 2"_s);
    row("a long line", "id,name\n1,Ada,x\n", u"line 2 of products.csv: 3 fields, but the header has 2"_s);
    row("a long line after line breaks in quotes", "id,name\n1,\"a\nb\nc\"\n2,x,y\n",
        u"line 5 of products.csv: 3 fields, but the header has 2"_s);
    row("an empty line between", "id,name\n1,Ada\n\n2,Bob\n", u"line 3 of products.csv: the line is empty"_s);
    row("a quote never closed", "id,name\n1,\"Ada\n2,Bob\n",
        u"line 2 of products.csv: a quote is opened here and never closed"_s);
    row("a quote inside a field", "id,name\n1,A\"da\n",
        u"line 2 of products.csv: a quote stands inside a field without quotes, or something follows a closing quote"_s);
    row("something after a quote", "id,name\n1,\"Ada\" x\n",
        u"line 2 of products.csv: a quote stands inside a field without quotes, or something follows a closing quote"_s);
    row("something after a quote, lines later", "id,name\n1,\"A\nda\"x\n",
        u"line 3 of products.csv: a quote stands inside a field without quotes, or something follows a closing quote"_s);
    row("a NUL byte", QByteArray("id,name\n1,A\0da\n", 15), u"line 2 of products.csv: the line holds a NUL byte"_s);
    row("invalid UTF-8", "id,name\n1,Ada\n2,B\xff\n", u"line 3 of products.csv: the text is not valid UTF-8"_s);
    row("invalid UTF-8 in the header", "id,n\xff\n", u"line 1 of products.csv: the text is not valid UTF-8"_s);
    row("carriage returns alone", "id,name\r1,Ada\r2,Bob\r",
        u"line 1 of products.csv: the line holds a carriage return outside of quotes"_s);
    row("semicolons", "id;name\n1;Ada\n", u"line 1 of products.csv: main.products has no column \"id;name\""_s);
}

void TestImportRows::refuses()
{
    QFETCH(const QByteArray, csv);
    QFETCH(const QString, message);
    QFETCH(const QString, hint);
    const TestTarget target(EngineKind::SQLite, products);
    CommandRun run(target.connection());
    const auto done = run.commit(import(csv));
    QVERIFY(!done);
    QCOMPARE(done.error().message, message);
    QCOMPARE(done.error().hint, hint);
    QCOMPARE(target.printed(allRows), QString());
}

void TestImportRows::namesTheFailingLine()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, products);
    CommandRun run(target.connection());
    const auto done = run.commit(import("id,name\n1,\"a\nb\"\n1,Bob\n3,Eve\n"));
    QVERIFY(!done);
    QCOMPARE(run.places().last(), u"line 4 of products.csv"_s);
    QCOMPARE(target.printed(allRows), QString());
}

void TestImportRows::tellsTheLineOfEachStatement()
{
    const TestTarget target(EngineKind::SQLite, products);
    CommandRun run(target.connection());
    QVERIFY(run.commit(import("id,name\n1,\"\n\n\"\n2,x\r\n3,\"y\"")));
    QCOMPARE(run.places(),
             QStringList({ u"line 2 of products.csv"_s, u"line 5 of products.csv"_s, u"line 6 of products.csv"_s }));
    // One text for all of them: a connection prepares it once.
    QCOMPARE(run.statements().at(2).text.constData(), run.statements().at(0).text.constData());
}

void TestImportRows::storesTypes()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, "CREATE TABLE t(i BIGINT, n NUMERIC, s TEXT)");
    CommandRun run(target.connection());
    QVERIFY(run.commit(import("i,n,s\n9223372036854775807,1.5,007\n", u"t"_s)));
    QCOMPARE(target.printed("SELECT i + 0, n + 1, s || '' FROM t"), u"9223372036854775807|2.5|007"_s);
}

void TestImportRows::oneColumn()
{
    const TestTarget target(EngineKind::SQLite, "CREATE TABLE t(x)");
    CommandRun run(target.connection());
    QVERIFY(run.commit(import("x\na\n\n\"\"\nb\n", u"t"_s)));
    QCOMPARE(target.printed("SELECT x FROM t ORDER BY rowid"), u"a\nNULL\n\nb"_s);
}

void TestImportRows::stopsWhenAsked()
{
    const TestTarget target(EngineKind::SQLite, products);
    CommandRun run(target.connection());
    run.stopAfter(2);
    QVERIFY(run.commit(import("id,name\n1,a\n2,b\n3,c\n4,d\n")));
    QCOMPARE(run.statements().size(), 2);
}

void TestImportRows::streams()
{
    // A field far longer than what is read at once, and many rows.
    QByteArray csv = "id,name\n1,\"" + QByteArray(1'000'000, 'x') + "\n" + QByteArray(1'000'000, 'y') + "\"\n";
    for (int i = 2; i <= 5000; ++i)
        csv += QByteArray::number(i) + ",\"ü" + QByteArray::number(i) + "\"\r\n";
    const TestTarget target(EngineKind::SQLite, products);
    CommandRun run(target.connection());
    QVERIFY(run.commit(import(csv)));
    QCOMPARE(target.printed("SELECT count(*), max(length(name)), sum(id) FROM products"), u"5000|2000001|12502500"_s);
    QCOMPARE(run.places().last(), u"line 5002 of products.csv"_s);
}

void TestImportRows::unreadableFiles()
{
    const TestTarget target(EngineKind::SQLite, products);
    CommandRun run(target.connection());
    const QString none = m_folder.filePath(u"none.csv"_s);
    const auto missing = run.commit(ImportRows(u"t"_s, { {}, u"products"_s }, u"none.csv"_s, none));
    QVERIFY(!missing);
    QCOMPARE(missing.error().message, u"none.csv cannot be read: No such file or directory (%1)"_s.arg(none));
    QCOMPARE(missing.error().kind, ErrorKind::File);
    const auto folder = run.commit(ImportRows(u"t"_s, { {}, u"products"_s }, u"."_s, m_folder.path()));
    QVERIFY(!folder);
    QCOMPARE(folder.error().kind, ErrorKind::File);
    const auto noTable = run.commit(import("id\n1\n", u"product"_s));
    QVERIFY(!noTable);
    QCOMPARE(noTable.error().hint, u"Did you mean products?"_s);
}

void TestImportRows::intoAView()
{
    const TestTarget target(
        EngineKind::SQLite,
        QByteArray(products)
            + "; CREATE VIEW v AS SELECT id, name FROM products; CREATE TRIGGER vi INSTEAD OF INSERT ON v "
              "BEGIN INSERT INTO products(id, name) VALUES (new.id, upper(new.name)); END");
    CommandRun run(target.connection());
    QVERIFY(run.commit(import("id,name\n1,a\n2,b\n", u"v"_s)));
    QCOMPARE(target.printed(allRows), u"1|A|none\n2|B|none"_s);
}

void TestImportRows::describes()
{
    const ImportRows rows(u"shop"_s, { u"main"_s, u"products"_s }, u"in/products.csv"_s, u"/data/in/products.csv"_s);
    QCOMPARE(rows.describe(), u"import main.products from in/products.csv"_s);
    QCOMPARE(rows.operation(), u"import"_s);
    QVERIFY(rows.equals(
        ImportRows(u"shop"_s, { u"main"_s, u"products"_s }, u"in/products.csv"_s, u"/data/in/products.csv"_s)));
    QVERIFY(!rows.equals(
        ImportRows(u"shop"_s, { u"main"_s, u"products"_s }, u"in/products.csv"_s, u"/other/in/products.csv"_s)));
}

QTEST_GUILESS_MAIN(TestImportRows)
#include "tst_importrows.moc"
