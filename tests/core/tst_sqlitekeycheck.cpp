// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/capture.h"
#include "effects/dangling.h"
#include "session/sqliteconnection.h"
#include "support/testdatabase.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schema = R"sql(
CREATE TABLE p(a INTEGER, b TEXT, note TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE c(id INTEGER PRIMARY KEY, y TEXT, x INTEGER, FOREIGN KEY (x, y) REFERENCES P (A, B));
CREATE TABLE node(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node, "odd ""name" TEXT UNIQUE);
CREATE TABLE leaf(n TEXT REFERENCES node("odd ""name"));
CREATE TABLE word(w TEXT PRIMARY KEY COLLATE NOCASE); CREATE TABLE says(w TEXT REFERENCES word);
CREATE TABLE number(n TEXT PRIMARY KEY); CREATE TABLE counts(n INTEGER REFERENCES number);
CREATE TABLE dangling(x INTEGER REFERENCES nowhere);
CREATE TABLE many(id INTEGER PRIMARY KEY); CREATE TABLE few(id INTEGER REFERENCES many);
CREATE TABLE broken(id INTEGER PRIMARY KEY, node INTEGER REFERENCES node);
INSERT INTO p VALUES (1, 'it''s', 'n'), (2, 'b', 'n'), (3, 'c', 'n');
INSERT INTO c VALUES (1, 'it''s', 1), (2, NULL, 7);
INSERT INTO node VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 3, 'c'); INSERT INTO leaf VALUES ('b');
INSERT INTO word VALUES ('Ada'), ('Bob'); INSERT INTO says VALUES ('ADA');
INSERT INTO number VALUES ('1'), ('02'); INSERT INTO counts VALUES (1);
INSERT INTO dangling VALUES (5);
WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 500) INSERT INTO many SELECT n FROM i;
INSERT INTO few VALUES (499);
INSERT INTO broken VALUES (1, 98), (2, 99);
CREATE TABLE apart(id INTEGER PRIMARY KEY); CREATE TABLE mismatched(a REFERENCES apart, x, b REFERENCES mismatched(x));
INSERT INTO apart VALUES (7), (8); INSERT INTO mismatched(a) VALUES (7);
)sql";

/// Runs statements with foreign keys off; "ok", or what is wrong with what they leave.
QString checked(const TestSqlite& file, const QStringList& statements)
{
    ConnectionOptions options;
    options.suppressTriggers = true;
    const auto connection = openConnection(
        { u"db"_s, EngineKind::SQLite, file.path(), Environment::Development, false }, options, nullptr);
    if (!connection)
        return connection.error().text();
    const auto capture = Capture::forConnection(**connection);
    if (const auto begun = capture->begin({}); !begun)
        return begun.error().text();
    QString failed;
    for (const QString& text : statements)
        capture->submitSql({ text.toUtf8(), {} }, {}, [&](const Result<Rowset>& result) {
            if (!result)
                failed = result.error().text();
        });
    if (!failed.isEmpty())
        return failed;
    const auto effects = capture->collect();
    if (!effects)
        return effects.error().text();
    QStringList found;
    for (const Caution& caution : effects->cautions) {
        if (caution.code == danglingNow)
            found.append(caution.text);
    }
    return found.isEmpty() ? u"ok"_s : found.join(u"; "_s);
}

} // namespace

class TestSqliteKeyCheck : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void finds_data();
    void finds();
};

void TestSqliteKeyCheck::finds_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QString>("expected");
    const auto add = [](const char* name, const QStringList& statements, const char* expected) {
        QTest::newRow(name) << statements << QString::fromUtf8(expected);
    };
    add("nothing referred to", { u"DELETE FROM p WHERE a = 3"_s, u"DELETE FROM leaf"_s }, "ok");
    add("parent of two columns gone", { u"DELETE FROM p WHERE a = 1"_s },
        "a row of c refers to a row of p that is not there: x = 1, y = it's");
    add("parent and child gone", { u"DELETE FROM p WHERE a = 1"_s, u"DELETE FROM c WHERE id = 1"_s }, "ok");
    add("another column of the parent", { u"UPDATE p SET note = 'z'"_s }, "ok");
    add("key handed on", { u"DELETE FROM p WHERE a = 1"_s, u"UPDATE p SET a = 1, b = 'it''s' WHERE a = 3"_s }, "ok");
    add("child without parent", { u"INSERT INTO c VALUES (9, 'nobody', 1)"_s },
        "a row of c refers to a row of p that is not there: x = 1, y = nobody");
    add("partly NULL", { u"INSERT INTO c VALUES (9, NULL, 1)"_s }, "ok");
    add("itself", { u"INSERT INTO node VALUES (8, 8, 'h')"_s }, "ok");
    add("self reference broken", { u"DELETE FROM node WHERE id = 1"_s },
        "a row of node refers to a row of node that is not there: parent = 1");
    add("odd name", { u"UPDATE node SET \"odd \"\"name\" = 'z' WHERE id = 2"_s },
        "a row of leaf refers to a row of node that is not there: n = b");
    add("found by the parent's collation", { u"INSERT INTO says VALUES ('bOB')"_s }, "ok");
    add("gone by the parent's collation", { u"DELETE FROM word WHERE w = 'Ada'"_s },
        "a row of says refers to a row of word that is not there: w = ADA");
    add("the same word", { u"UPDATE word SET w = 'aDa' WHERE w = 'Ada'"_s }, "ok");
    add("found by the parent's affinity", { u"INSERT INTO counts VALUES (1)"_s }, "ok");
    add("not found by the parent's affinity", { u"INSERT INTO counts VALUES (2)"_s },
        "a row of counts refers to a row of number that is not there: n = 2");
    add("gone by the parent's affinity", { u"DELETE FROM number WHERE n = '1'"_s },
        "a row of counts refers to a row of number that is not there: n = 1");
    add("a table that is not there", { u"INSERT INTO dangling VALUES (6)"_s }, "ok");
    add("many gone, no index", { u"DELETE FROM many WHERE id <> 499"_s }, "ok");
    add("many gone, no index, one missed", { u"DELETE FROM many"_s },
        "a row of few refers to a row of many that is not there: id = 499");
    add("beside a key that nothing can keep", { u"DELETE FROM apart WHERE id = 8"_s }, "ok");
    add("broken beside a key that nothing can keep", { u"DELETE FROM apart WHERE id = 7"_s },
        "a row of mismatched refers to a row of apart that is not there: a = 7");
    add("broken before, another column", { u"UPDATE broken SET id = 7 WHERE id = 1"_s }, "ok");
    add("one mended, one broken",
        { u"INSERT INTO node VALUES (98, NULL, 'x')"_s, u"INSERT INTO broken VALUES (3, 97)"_s },
        "a row of broken refers to a row of node that is not there: node = 97");
}

void TestSqliteKeyCheck::finds()
{
    QFETCH(QStringList, statements);
    QFETCH(QString, expected);
    const TestSqlite file(schema);
    QCOMPARE(checked(file, statements), expected);
}

QTEST_GUILESS_MAIN(TestSqliteKeyCheck)
#include "tst_sqlitekeycheck.moc"
