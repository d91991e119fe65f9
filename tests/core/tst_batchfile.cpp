// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batchfile.h"
#include "command/deleterow.h"
#include "command/importrows.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "support/namedvalues.h"
#include "support/randombatch.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestBatchFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheContractsExample();
    void namesMayBeEmpty();
    void writesCanonically();
    void targetsMayStandLast();
    void targets_data();
    void targets();
    void refusesTargets_data();
    void refusesTargets();
    void overrides();
    void refusesCommands_data();
    void refusesCommands();
    void refusesFiles_data();
    void refusesFiles();
    void refusesSql_data();
    void refusesSql();
    void everyCutIsAnError();
    void randomBatches();
    void anotherFolder();
    void aTextOf50Megabytes();
};

namespace {

constexpr auto example = R"({
  "format": "holdpoint-batch/1",
  "title": "Refund order 4711",
  "reason": "SUP-12",
  "targets": { "shop": "sqlite:shop.db", "billing": "postgresql://ops@127.0.0.1:5432/billing" },
  "commands": [
    { "op": "insert", "target": "shop", "table": "customers", "values": { "id": 1, "name": "Ada" } },
    { "op": "update", "target": "shop", "table": "customers", "key": { "id": 1 }, "set": { "name": "Ada L." }, "expect": { "name": "Ada" } },
    { "op": "delete", "target": "billing", "schema": "public", "table": "invoices", "key": { "id": 9 } },
    { "op": "sql", "target": "billing", "text": "UPDATE invoices SET paid = true WHERE customer = $1", "params": [42], "expect_rows": 3 },
    { "op": "import", "target": "shop", "table": "products", "file": "products.csv" }
  ]
})";

BatchFileOptions options()
{
    BatchFileOptions options;
    options.base = QDir(u"/data"_s);
    options.fileName = u"f"_s;
    Target saved;
    saved.name = u"production shop"_s;
    saved.address = u"/srv/shop.db"_s;
    saved.environment = Environment::Production;
    saved.readOnly = true;
    options.targets = { saved };
    return options;
}

// A batch of one line before the command's: its errors are in line 2, from column 1.
QByteArray withCommand(const QByteArray& command)
{
    return R"({"format": "holdpoint-batch/1", "targets": {"s": "sqlite:a", "p": "postgresql://a/b"}, "commands": [)"
           "\n"
        + command + "]}";
}

QByteArray withTargets(const QByteArray& targets)
{
    return "{\"format\": \"holdpoint-batch/1\", \"commands\": [], \"targets\":\n" + targets + "}";
}

QString messageOf(const QByteArray& json)
{
    const auto batch = readBatch(json, options());
    return batch ? QString() : batch.error().message;
}

} // namespace

void TestBatchFile::readsTheContractsExample()
{
    const auto batch = readBatch(example, options());
    QVERIFY2(batch, batch ? "" : qPrintable(batch.error().text()));
    QCOMPARE(batch->title, u"Refund order 4711"_s);
    QCOMPARE(batch->reason, u"SUP-12"_s);
    QCOMPARE(batch->targets.size(), 2);
    QCOMPARE(batch->target(u"shop"_s)->address, u"/data/shop.db"_s);
    QCOMPARE(batch->target(u"billing"_s)->engine, EngineKind::PostgreSQL);
    QVERIFY(!batch->target(u"none"_s));
    const TableName customers { {}, u"customers"_s };
    const QList<StoreCommandPtr> expected {
        std::make_shared<InsertRow>(u"shop"_s, customers, NamedValues { integer("id", 1), text("name", "Ada") }),
        std::make_shared<UpdateRow>(u"shop"_s, customers, NamedValues { integer("id", 1) },
                                    NamedValues { text("name", "Ada L.") }, NamedValues { text("name", "Ada") }),
        std::make_shared<DeleteRow>(u"billing"_s, TableName { u"public"_s, u"invoices"_s },
                                    NamedValues { integer("id", 9) }),
        std::make_shared<RunSql>(u"billing"_s, u"UPDATE invoices SET paid = true WHERE customer = $1"_s,
                                 QList { Value::integer(42) }, 3),
        std::make_shared<ImportRows>(u"shop"_s, TableName { {}, u"products"_s }, u"products.csv"_s,
                                     u"/data/products.csv"_s),
    };
    QCOMPARE(batch->commands.size(), expected.size());
    for (qsizetype i = 0; i < expected.size(); ++i)
        QVERIFY2(batch->commands.at(i)->equals(*expected.at(i)), qPrintable(expected.at(i)->describe()));
}

// SQLite has such tables and columns.
void TestBatchFile::namesMayBeEmpty()
{
    const auto batch
        = readBatch(withCommand(R"({"op": "delete", "target": "s", "table": "", "key": {"": 1}})"), options());
    QVERIFY2(batch, batch ? "" : qPrintable(batch.error().text()));
    const DeleteRow expected(u"s"_s, TableName { {}, u""_s }, NamedValues { integer("", 1) }, {});
    QVERIFY2(batch->commands.first()->equals(expected), qPrintable(batch->commands.first()->describe()));
}

void TestBatchFile::writesCanonically()
{
    const auto batch = readBatch(example, options());
    QVERIFY(batch);
    const QByteArray canonical = R"({
  "format": "holdpoint-batch/1",
  "title": "Refund order 4711",
  "reason": "SUP-12",
  "targets": {
    "shop": "sqlite:shop.db",
    "billing": "postgresql://ops@127.0.0.1:5432/billing"
  },
  "commands": [
    { "op": "insert", "target": "shop", "table": "customers", "values": { "id": 1, "name": "Ada" } },
    { "op": "update", "target": "shop", "table": "customers", "key": { "id": 1 }, "set": { "name": "Ada L." }, "expect": { "name": "Ada" } },
    { "op": "delete", "target": "billing", "schema": "public", "table": "invoices", "key": { "id": 9 } },
    { "op": "sql", "target": "billing", "text": "UPDATE invoices SET paid = true WHERE customer = $1", "params": [42], "expect_rows": 3 },
    { "op": "import", "target": "shop", "table": "products", "file": "products.csv" }
  ]
}
)";
    QCOMPARE(writeBatch(*batch, QDir(u"/data"_s)), canonical);
    const auto again = readBatch(canonical, options());
    QVERIFY(again);
    QVERIFY(*again == *batch);
    QCOMPARE(writeBatch(*again, QDir(u"/data"_s)), canonical);
    QCOMPARE(writeBatch({}, QDir()), QByteArray(R"({
  "format": "holdpoint-batch/1",
  "title": "",
  "reason": "",
  "targets": {},
  "commands": []
}
)"));
}

void TestBatchFile::targetsMayStandLast()
{
    const QByteArray commands = R"("commands": [{"op": "sql", "target": "s", "text": "SELECT ?1", "params": [1]}])";
    const QByteArray targets = R"("targets": {"s": "sqlite:a"})";
    const QByteArray format = R"("format": "holdpoint-batch/1")";
    const auto first = readBatch('{' + format + ',' + targets + ',' + commands + '}', options());
    const auto last = readBatch('{' + commands + ',' + targets + ',' + format + '}', options());
    QVERIFY(first);
    QVERIFY(last);
    QVERIFY(*first == *last);
}

void TestBatchFile::targets_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("address");
    QTest::addColumn<Environment>("environment");
    QTest::addColumn<bool>("readOnly");
    QTest::newRow("URI") << R"({"t": "sqlite:a.db"})"_ba << u"/data/a.db"_s << Environment::Development << false;
    QTest::newRow("saved target") << R"({"t": "production shop"})"_ba << u"/srv/shop.db"_s << Environment::Production
                                  << true;
    QTest::newRow("object") << R"({"t": {"uri": "sqlite:a.db", "environment": "staging", "read_only": true}})"_ba
                            << u"/data/a.db"_s << Environment::Staging << true;
    QTest::newRow("object with a URI alone")
        << R"({"t": {"uri": "sqlite:a.db"}})"_ba << u"/data/a.db"_s << Environment::Development << false;
}

void TestBatchFile::targets()
{
    QFETCH(const QByteArray, json);
    const auto batch = readBatch(withTargets(json), options());
    QVERIFY2(batch, batch ? "" : qPrintable(batch.error().text()));
    const Target& target = batch->targets.constFirst();
    QCOMPARE(target.name, u"t"_s);
    QTEST(target.address, "address");
    QTEST(target.environment, "environment");
    QTEST(target.readOnly, "readOnly");
    const auto again = readBatch(writeBatch(*batch, QDir(u"/elsewhere"_s)), options());
    QVERIFY(again);
    QVERIFY(*again == *batch);
}

void TestBatchFile::refusesTargets_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    QTest::newRow("unknown name") << R"({"t": "production shap"})"_ba
                                  << u"f:2:7: no saved target is called \"production shap\""_s;
    QTest::newRow("no name") << R"({"": "sqlite:a"})"_ba << u"f:2:2: a target needs a name"_s;
    QTest::newRow("wrong type") << R"({"t": 5})"_ba
                                << u"f:2:7: a target must be a URI or a saved target's name, not an integer"_s;
    QTest::newRow("array of targets") << R"(["sqlite:a"])"_ba
                                      << u"f:2:1: \"targets\" must be an object, not an array"_s;
    QTest::newRow("twice") << R"({"t": "sqlite:a", "t": "sqlite:b"})"_ba
                           << u"f:2:19: the key \"t\" stands twice in one object"_s;
    QTest::newRow("bad URI") << R"({"t": "sqlite:"})"_ba << u"f:2:7: target \"t\": sqlite: needs the path of a file"_s;
    QTest::newRow("password")
        << R"({"t": "postgresql://a:secret@b/c"})"_ba
        << u"f:2:7: target \"t\": a password must not stand in the URI: it would end in files and logs"_s;
    QTest::newRow("unknown key") << R"({"t": {"uri": "sqlite:a", "readonly": true}})"_ba
                                 << u"f:2:27: unknown key \"readonly\"; known here: uri, environment, read_only"_s;
    QTest::newRow("bad environment") << R"({"t": {"uri": "sqlite:a", "environment": "x"}})"_ba
                                     << u"f:2:42: \"environment\" must be development, staging or production"_s;
}

void TestBatchFile::refusesTargets()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, message);
    QCOMPARE(messageOf(withTargets(json)), message);
}

void TestBatchFile::overrides()
{
    BatchFileOptions changed = options();
    Target other;
    other.name = u"t"_s;
    other.address = u"/other.db"_s;
    changed.overrides = { other };
    // What is replaced needs not even be known here.
    const auto batch = readBatch(withTargets(R"({"t": "unknown", "u": "sqlite:u"})"), changed);
    QVERIFY(batch);
    QCOMPARE(batch->targets.at(0).address, u"/other.db"_s);
    QCOMPARE(batch->targets.at(1).address, u"/data/u"_s);
    changed.overrides[0].name = u"tt"_s;
    const auto misspelt = readBatch(withTargets(R"({"t": "sqlite:a"})"), changed);
    QVERIFY(!misspelt);
    QCOMPARE(misspelt.error().message, u"f has no target \"tt\" that could be replaced"_s);
    QCOMPARE(misspelt.error().hint, u"Did you mean t?"_s);
}

void TestBatchFile::refusesCommands_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QString>("message");
    QTest::newRow("no object") << "7"_ba << u"f:2:1: an object is expected here, not an integer"_s;
    QTest::newRow("no op") << R"({"target": "s"})"_ba << u"f:2:1: the object lacks the key \"op\""_s;
    QTest::newRow("unknown op")
        << R"({"op": "upsert", "target": "s"})"_ba
        << u"f:2:8: unknown operation \"upsert\"; known are insert, update, delete, sql, import"_s;
    QTest::newRow("op of a wrong type") << R"({"op": null})"_ba << u"f:2:8: \"op\" must be a string, not null"_s;
    QTest::newRow("no target") << R"({"op": "insert", "table": "t"})"_ba
                               << u"f:2:1: the object lacks the key \"target\""_s;
    QTest::newRow("unknown target") << R"({"op": "insert", "target": "x", "table": "t"})"_ba
                                    << u"f:2:28: unknown target \"x\""_s;
    QTest::newRow("no table") << R"({"op": "delete", "target": "s", "key": {"a": 1}})"_ba
                              << u"f:2:1: the object lacks the key \"table\""_s;
    QTest::newRow("NUL in a table") << R"({"op": "insert", "target": "s", "table": "a\u0000"})"_ba
                                    << u"f:2:42: \"table\" holds the character NUL"_s;
    QTest::newRow("unknown key") << R"({"op": "insert", "target": "s", "table": "t", "valeus": {"a": 1}})"_ba
                                 << u"f:2:47: unknown key \"valeus\"; known here: op, target, schema, table, values"_s;
    QTest::newRow("empty values") << R"({"op": "insert", "target": "s", "table": "t", "values": {}})"_ba
                                  << u"f:2:57: \"values\" names no column"_s;
    QTest::newRow("values in an array") << R"({"op": "insert", "target": "s", "table": "t", "values": [1]})"_ba
                                        << u"f:2:57: \"values\" must be an object, not an array"_s;
    QTest::newRow("no key") << R"({"op": "update", "target": "s", "table": "t", "set": {"a": 1}})"_ba
                            << u"f:2:1: the object lacks the key \"key\""_s;
    QTest::newRow("empty key") << R"({"op": "delete", "target": "s", "table": "t", "key": {}})"_ba
                               << u"f:2:54: \"key\" names no column"_s;
    QTest::newRow("no set") << R"({"op": "update", "target": "s", "table": "t", "key": {"a": 1}})"_ba
                            << u"f:2:1: the object lacks the key \"set\""_s;
    QTest::newRow("empty set") << R"({"op": "update", "target": "s", "table": "t", "key": {"a": 1}, "set": {}})"_ba
                               << u"f:2:71: \"set\" names no column"_s;
    QTest::newRow("a column twice") << R"({"op": "delete", "target": "s", "table": "t", "key": {"a": 1, "a": 2}})"_ba
                                    << u"f:2:63: the key \"a\" stands twice in one object"_s;
    QTest::newRow("a value in an array")
        << R"({"op": "delete", "target": "s", "table": "t", "key": {"a": [1]}})"_ba
        << u"f:2:60: a value cannot be an array; write the database's own text of it as a string"_s;
    QTest::newRow("a value in an unknown object")
        << R"({"op": "delete", "target": "s", "table": "t", "key": {"a": {"b": 1}}})"_ba
        << u"f:2:60: the object lacks the key \"base64\""_s;
    QTest::newRow("bad base64") << R"({"op": "delete", "target": "s", "table": "t", "key": {"a": {"base64": "?"}}})"_ba
                                << u"f:2:71: this is not base64 (RFC 4648, with padding)"_s;
    QTest::newRow("a number too big")
        << R"({"op": "delete", "target": "s", "table": "t", "key": {"a": 99999999999999999999}})"_ba
        << u"f:2:60: the integer 99999999999999999999 does not fit 64 bits; write it as a string"_s;
    QTest::newRow("no text") << R"({"op": "sql", "target": "s"})"_ba << u"f:2:1: the object lacks the key \"text\""_s;
    QTest::newRow("empty text") << R"({"op": "sql", "target": "s", "text": ""})"_ba << u"f:2:38: \"text\" is empty"_s;
    QTest::newRow("NUL in a text") << R"({"op": "sql", "target": "s", "text": "SELECT\u00001"})"_ba
                                   << u"f:2:38: \"text\" holds the character NUL"_s;
    QTest::newRow("params in an object") << R"({"op": "sql", "target": "s", "text": "SELECT 1", "params": {}})"_ba
                                         << u"f:2:60: \"params\" must be an array, not an object"_s;
    QTest::newRow("expect_rows as text") << R"({"op": "sql", "target": "s", "text": "SELECT 1", "expect_rows": "1"})"_ba
                                         << u"f:2:65: \"expect_rows\" must be an integer, not a string"_s;
    QTest::newRow("expect_rows below zero")
        << R"({"op": "sql", "target": "s", "text": "SELECT 1", "expect_rows": -1})"_ba
        << u"f:2:65: \"expect_rows\" cannot be negative"_s;
    QTest::newRow("no file") << R"({"op": "import", "target": "s", "table": "t"})"_ba
                             << u"f:2:1: the object lacks the key \"file\""_s;
}

void TestBatchFile::refusesCommands()
{
    QFETCH(const QByteArray, command);
    QFETCH(const QString, message);
    QCOMPARE(messageOf(withCommand(command)), message);
    const QByteArray good = R"({"op": "sql", "target": "s", "text": "SELECT 1"})";
    QCOMPARE(messageOf(withCommand(good)), QString());
    QCOMPARE(messageOf(withCommand(good + ",\n" + command)), QString(message).replace(u"f:2:"_s, u"f:3:"_s));
}

void TestBatchFile::refusesFiles_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty") << ""_ba << u"f:1:1: the document is empty"_s;
    QTest::newRow("an array") << "[]"_ba << u"f:1:1: an object is expected here, not an array"_s;
    QTest::newRow("empty object") << "{}"_ba << u"f:1:1: the object lacks the key \"format\""_s;
    QTest::newRow("another format")
        << R"({"format": "holdpoint-batch/2", "targets": {}, "commands": []})"_ba
        << u"f:1:12: the format \"holdpoint-batch/2\" is not known; this program reads \"holdpoint-batch/1\""_s;
    QTest::newRow("no targets") << R"({"format": "holdpoint-batch/1", "commands": []})"_ba
                                << u"f:1:1: the object lacks the key \"targets\""_s;
    QTest::newRow("no commands") << R"({"format": "holdpoint-batch/1", "targets": {}})"_ba
                                 << u"f:1:1: the object lacks the key \"commands\""_s;
    QTest::newRow("commands in an object") << R"({"format": "holdpoint-batch/1", "targets": {}, "commands": {}})"_ba
                                           << u"f:1:60: \"commands\" must be an array, not an object"_s;
    QTest::newRow("unknown key")
        << R"({"format": "holdpoint-batch/1", "targets": {}, "commands": [], "author": "me"})"_ba
        << u"f:1:64: unknown key \"author\"; known here: format, title, reason, targets, commands"_s;
    QTest::newRow("title of a wrong type")
        << R"({"format": "holdpoint-batch/1", "title": 1, "targets": {}, "commands": []})"_ba
        << u"f:1:42: \"title\" must be a string, not an integer"_s;
    QTest::newRow("commands twice")
        << R"({"format": "holdpoint-batch/1", "targets": {}, "commands": [], "commands": []})"_ba
        << u"f:1:64: the key \"commands\" stands twice in one object"_s;
    QTest::newRow("a zip file") << QByteArray("PK\3\4\0\0", 6) << u"f:1:5: the file holds a NUL byte"_s;
    QTest::newRow("SQL") << "UPDATE a SET b = 1;"_ba << u"f:1:1: a value is expected here"_s;
}

void TestBatchFile::refusesFiles()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, message);
    const auto batch = readBatch(json, options());
    QVERIFY(!batch);
    QCOMPARE(batch.error().message, message);
    QCOMPARE(batch.error().kind, ErrorKind::Usage);
}

void TestBatchFile::refusesSql_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QString>("place");
    const auto row = [](const char* name, const char* target, const QByteArray& members, const QString& place) {
        QTest::newRow(name) << R"({"op": "sql", "target": ")" + QByteArray(target) + R"(", "text": ")" + members + '}'
                            << place;
    };
    row("COMMIT on SQLite", "s", R"(COMMIT")", u"f:2:3"_s);
    row("COMMIT on PostgreSQL", "p", R"(COMMIT")", u"f:2:3"_s);
    row("a syntax error", "p", R"(SELECT 1 FROM FROM")", u"f:2:53: "_s);
    row("a syntax error after escapes", "p", R"(SELECT\n\u0031 FROM FROM")", u"f:2:59: "_s);
    row("a syntax error after characters of two and four bytes", "p", R"(SELECT 'ä😀' FROM FROM")", u"f:2:56: "_s);
    row("a syntax error on SQLite", "s", R"(SELEC 1")", u"f:2:39: "_s);
    row("two statements", "s", R"(SELECT 1; SELECT 2")", u"f:2:"_s);
    row("no statement", "p", R"(-- nothing")", u"f:2:"_s);
    row("a parameter too few", "p", R"(SELECT $1::int, $2::int", "params": [1])",
        u"f:2:38: the statement has 2 parameters, \"params\" gives 1"_s);
    row("a parameter too many", "s", R"(SELECT ?1", "params": [1, 2])",
        u"f:2:38: the statement has 1 parameters, \"params\" gives 2"_s);
    row("no parameters", "s", R"(SELECT ?1")", u"f:2:38: the statement has 1 parameters, \"params\" gives 0"_s);
}

void TestBatchFile::refusesSql()
{
    QFETCH(const QByteArray, command);
    QFETCH(const QString, place);
    for (const bool targetsLast : { false, true }) {
        QByteArray json = withCommand(command);
        if (targetsLast)
            json = "{\"commands\": [\n" + command
                + R"(], "format": "holdpoint-batch/1", "targets": {"s": "sqlite:a", "p": "postgresql://a/b"}})";
        const auto batch = readBatch(json, options());
        QVERIFY(!batch);
        QVERIFY2(batch.error().message.startsWith(place), qPrintable(batch.error().message));
        QCOMPARE(batch.error().kind, ErrorKind::Usage);
    }
}

void TestBatchFile::everyCutIsAnError()
{
    const QByteArray whole(example);
    for (qsizetype size = 0; size < whole.size(); ++size) {
        const QString message = messageOf(whole.first(size));
        QVERIFY2(message.startsWith("f:"_L1), qPrintable(QString::number(size)));
    }
}

void TestBatchFile::randomBatches()
{
    const quint32 seed = RandomBatch::newSeed();
    RandomBatch random(seed);
    for (int round = 0; round < 200; ++round) {
        const Batch batch = random.batch(u"/data"_s);
        const QByteArray written = writeBatch(batch, QDir(u"/data"_s));
        const auto read = readBatch(written, options());
        QVERIFY2(read, read ? "" : qPrintable(read.error().text() + QString::fromUtf8(written)));
        QVERIFY2(*read == batch, written.constData());
        QCOMPARE(writeBatch(*read, QDir(u"/data"_s)), written);
    }
}

void TestBatchFile::anotherFolder()
{
    const auto batch = readBatch(example, options());
    QVERIFY(batch);
    const QByteArray moved = writeBatch(*batch, QDir(u"/elsewhere"_s));
    BatchFileOptions there = options();
    there.base = QDir(u"/elsewhere"_s);
    const auto read = readBatch(moved, there);
    QVERIFY(read);
    QCOMPARE(read->targets.at(0).address, u"/data/shop.db"_s);
    const auto& import = dynamic_cast<const ImportRows&>(*read->commands.last());
    QCOMPARE(import.path(), u"/data/products.csv"_s);
}

void TestBatchFile::aTextOf50Megabytes()
{
    const QByteArray text = "SELECT '" + QByteArray(50'000'000, 'x') + '\'';
    const auto sql = [&text](const char* target) {
        return withCommand(R"({"op": "sql", "target": ")" + QByteArray(target) + R"(", "text": ")" + text + "\"}");
    };
    const auto batch = readBatch(sql("s"), options());
    QVERIFY2(batch, batch ? "" : qPrintable(batch.error().message.left(200)));
    QCOMPARE(dynamic_cast<const RunSql&>(*batch->commands.constFirst()).text().size(), text.size());
    // PostgreSQL's parser needs many times the text's memory, so what is too long for it is refused, with the place.
    const auto refused = readBatch(sql("p"), options());
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.startsWith("f:2:38: the statement is too long"_L1),
             qPrintable(refused.error().message.left(200)));
}

QTEST_GUILESS_MAIN(TestBatchFile)
#include "tst_batchfile.moc"
