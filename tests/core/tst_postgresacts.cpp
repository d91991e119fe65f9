// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresacts.h"

#include "command/postgresstatement.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

// "call s.f(a, ?)", "notify c", …
QStringList textsOf(const QList<PostgresAct>& acts)
{
    static const QStringList kinds { u"call"_s, u"notify"_s, u"program"_s, u"file"_s, u"set"_s, u"language"_s };
    QStringList texts;
    for (const PostgresAct& act : acts) {
        QStringList arguments;
        for (const QString& argument : act.arguments)
            arguments.append(argument.isNull() ? u"?"_s : argument);
        texts.append(kinds.at(int(act.kind)) + u' ' + (act.schema.isEmpty() ? QString() : act.schema + u'.') + act.name
                     + (arguments.isEmpty() ? QString() : u'(' + arguments.join(u", "_s) + u')'));
    }
    texts.sort();
    return texts;
}

} // namespace

class TestPostgresActs : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void statements_data();
    void statements();
    void bodies_data();
    void bodies();
};

void TestPostgresActs::statements_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    const auto add = [](const char* name, const char* text, const QStringList& expected) {
        QTest::newRow(name) << QString::fromUtf8(text) << expected;
    };
    add("nothing", "UPDATE t SET a = 1 WHERE b IN (2, 3)", {});
    add("in any clause", "UPDATE t SET a = f(1) WHERE S.g(a) RETURNING \"H\"(2)",
        { u"call H"_s, u"call f"_s, u"call s.g"_s });
    add("below a WITH", "WITH x AS (SELECT f(g(1)) AS v) INSERT INTO t SELECT v FROM x", { u"call f"_s, u"call g"_s });
    add("once", "SELECT f(1), f(2), f(3)", { u"call f"_s });
    add("channel", "SELECT pg_notify('shop', 'x')", { u"call pg_notify(shop)"_s });
    add("channel of run time", "SELECT pg_catalog.pg_notify(c, 'x') FROM t", { u"call pg_catalog.pg_notify(?)"_s });
    add("set_config",
        "SELECT set_config('a.b', 'v', false), set_config('c', 'v', 't'::bool), set_config('d', 'v', x) FROM t",
        { u"call set_config(a.b, ?, false)"_s, u"call set_config(c, ?, t)"_s, u"call set_config(d, ?, ?)"_s });
    add("CALL", "CALL pay(now(), 3)", { u"call now"_s, u"call pay"_s });
    add("NOTIFY", "NOTIFY shop, 'hello'", { u"notify shop"_s });
    add("COPY from a file", "COPY t FROM '/srv/t.csv'", { u"file /srv/t.csv"_s });
    add("DO", "DO $$ BEGIN PERFORM f(1); NOTIFY x; END $$", { u"call f"_s, u"language plpgsql"_s, u"notify x"_s });
    add("DO elsewhere", "DO LANGUAGE plpython3u $$ notify(1) $$", { u"language plpython3u"_s });
    add("a function that is only made", "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT g(1); END",
        {});
    add("a view that is only made", "CREATE VIEW v AS SELECT g(1)", {});
    add("a default that fills rows", "ALTER TABLE t ADD COLUMN n int DEFAULT g(1)", { u"call g"_s });
}

void TestPostgresActs::statements()
{
    QFETCH(QString, text);
    QFETCH(QStringList, expected);
    const auto info = checkPostgresStatement(text);
    QVERIFY2(info.ok(), info.ok() ? "" : qPrintable(info.error().text()));
    QCOMPARE(textsOf(info->acts), expected);
}

void TestPostgresActs::bodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QStringList>("expected");
    const auto add = [](const char* name, const char* body, const QStringList& expected) {
        QTest::newRow(name) << QByteArray(body) << expected;
    };
    add("calls wherever they stand",
        "DECLARE x int := a(1); BEGIN x := b (2); IF c(x) THEN RETURN d(1, e('it''s')); END IF; PERFORM s.\"F\"(1); "
        "END",
        { u"call a"_s, u"call b"_s, u"call c"_s, u"call d"_s, u"call e"_s, u"call s.F"_s });
    add("cursors and composites, which the parser's library refuses",
        "DECLARE c CURSOR (k int) FOR SELECT f(k) FROM t; y mytype; BEGIN OPEN c(3); y.q := g(1); END",
        { u"call c"_s, u"call cursor"_s, u"call f"_s, u"call g"_s });
    add("notifications",
        "BEGIN NOTIFY one; PERFORM pg_notify('two', x); PERFORM pg_notify(TG_TABLE_NAME, 'y');"
        " IF a THEN NOTIFY three, 'z'; END IF; FOR i IN 1..2 LOOP NOTIFY four; END LOOP; END",
        { u"call pg_notify(?)"_s, u"call pg_notify(two)"_s, u"notify four"_s, u"notify one"_s, u"notify three"_s });
    add("a column called notify", "BEGIN INSERT INTO t SELECT notify, copy FROM x; END", {});
    add("comments and strings", "BEGIN -- NOTIFY a; f(1)\n /* g(1) */ RAISE NOTICE 'h(1); NOTIFY b;'; END", {});
    add("files", "BEGIN COPY t TO PROGRAM 'mail x'; COPY t (a) FROM '/srv/a'; END",
        { u"call t"_s, u"file /srv/a"_s, u"program mail x"_s });
    add("settings",
        "BEGIN SET work_mem = '1MB'; SET LOCAL enable_seqscan = off; UPDATE t SET a = 1; SET CONSTRAINTS ALL DEFERRED;"
        " PERFORM set_config('x.y', v, false), set_config('z', v, true); END",
        { u"call set_config(x.y, ?, false)"_s, u"call set_config(z, ?, true)"_s, u"set work_mem"_s });
    add("SQL", "SELECT f(1); NOTIFY x", { u"call f"_s, u"notify x"_s });
    add("built at run time, which is not seen", "BEGIN EXECUTE 'NOTIFY x'; END", {});
    add("unfinished", "BEGIN RETURN 'x", {});
    add("empty", "", {});
    add("brackets that never close", "f(g(", { u"call f"_s, u"call g"_s });
}

void TestPostgresActs::bodies()
{
    QFETCH(QByteArray, body);
    QFETCH(QStringList, expected);
    QCOMPARE(textsOf(postgresActsInBody(body)), expected);
}

QTEST_GUILESS_MAIN(TestPostgresActs)
#include "tst_postgresacts.moc"
