// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/sqlitestatement.h"
#include "effects/sqlitecapture.h"
#include "session/sqliteconnection.h"
#include "support/testdatabase.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

/// A captured transaction: each statement is a command of its own.
class Captured
{
public:
    explicit Captured(const TestSqlite& file, const ConnectionOptions& options = {})
    {
        auto opened = openSqlite({ .name = u"t"_s, .engine = EngineKind::SQLite, .address = file.path() }, options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        connection = std::move(opened).value();
        capture = sqliteCapture(*connection);
        if (const auto begun = capture->begin({}); !begun)
            qFatal("%s", qPrintable(begun.error().text()));
    }

    Result<Rowset> tries(const QByteArray& text, const QList<Value>& parameters = {})
    {
        capture->commandStarts(m_next++);
        Result<Rowset> result = Rowset();
        capture->submitSql({ text, parameters }, {}, [&](Result<Rowset> got) { result = std::move(got); });
        return result;
    }
    void run(const QByteArray& text, const QList<Value>& parameters = {})
    {
        if (const auto result = tries(text, parameters); !result)
            qFatal("%s: %s", text.constData(), qPrintable(result.error().text()));
    }
    void runAll(const QByteArrayList& texts)
    {
        for (const QByteArray& text : texts)
            run(text);
    }
    Result<TargetEffects> collect() { return capture->collect(); }
    TargetEffects effects()
    {
        auto collected = capture->collect();
        if (!collected)
            qFatal("%s", qPrintable(collected.error().text()));
        return collected.value();
    }

    std::unique_ptr<Connection> connection;
    std::unique_ptr<Capture> capture; // before the connection ends

private:
    int m_next = 0;
};

QString printed(const Row& row)
{
    QStringList values;
    for (const Value& value : row) {
        const bool text = value.kind() == Value::Kind::Text || value.kind() == Value::Kind::RawText;
        values.append(text                                    ? u'\'' + value.display() + u'\''
                          : value.kind() == Value::Kind::Real ? value.display()
                                                              : value.display());
    }
    return u'(' + values.join(u", "_s) + u')';
}

QString printed(const RowChange& row)
{
    QString text = row.change == ChangeKind::Insert ? u"+ "_s : row.change == ChangeKind::Delete ? u"- "_s : u"~ "_s;
    if (!row.before.isEmpty())
        text += printed(row.before);
    if (row.change == ChangeKind::Update)
        text += u" > "_s;
    if (!row.after.isEmpty())
        text += printed(row.after);
    text += row.origin == Origin::Direct ? u" direct"_s : u" indirect"_s;
    return text + (row.command ? u" #%1"_s.arg(*row.command) : QString());
}

/// The effects as text, tables of the engine's own left out unless asked for.
QStringList printed(const TargetEffects& effects, bool internal = false)
{
    QStringList lines;
    for (const TableEffects& table : effects.tables) {
        if (table.internal && !internal)
            continue;
        lines.append(table.name.schema + u'.' + table.name.table + u' ' + table.columns.join(u","_s)
                     + (table.complete ? QString() : u" incomplete"_s));
        for (const RowChange& row : table.rows)
            lines.append(printed(row));
    }
    for (const SchemaChange& change : effects.schemaChanges)
        lines.append(u"%1 %2: %3 > %4"_s.arg(change.kind, change.object, change.before, change.after));
    for (const Caution& caution : effects.cautions)
        lines.append(caution.code + u": "_s + caution.text);
    return lines;
}

} // namespace

class TestSqliteCapture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void sees_data();
    void sees();
    void countsMatchRows();
    void seesFailures_data();
    void seesFailures();
    void commandTakenBack();
    void schemaTakenBack();
    void endedByItself();
    void deferredForeignKey();
    void undoWithoutTriggers();
    void undoThatBreaksAKey();
    void fullTextIndex();
    void tempTables();
    void exactValues();
    void hiddenRowid();
    void keyThatTheHookSpoils();
    void tableMadeAnew();
    void changesStayTheBatchs();
    void writesOfCommands();
    void leavesNothingBehind();
};

void TestSqliteCapture::sees_data()
{
    QTest::addColumn<QByteArray>("setUp");
    QTest::addColumn<QByteArrayList>("statements");
    QTest::addColumn<QStringList>("effects");

    const auto row
        = [](const char* name, const char* setUp, const QByteArrayList& statements, const QStringList& effects) {
              QTest::newRow(name) << QByteArray(setUp) << statements << effects;
          };
    constexpr auto t = "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL)";
    row("nothing", t, { "SELECT * FROM t" }, {});
    row("insert", t, { "INSERT INTO t VALUES (4, 1.5)" }, { u"main.t id,a"_s, u"+ (4, 1.5) direct #0"_s });
    row("update", t, { "UPDATE t SET a = 'z' WHERE id = 2" },
        { u"main.t id,a"_s, u"~ (2, 'y') > (2, 'z') direct #0"_s });
    row("update that changes nothing", t, { "UPDATE t SET a = a" }, {});
    row("1 is not 1.0", "CREATE TABLE t(a); INSERT INTO t VALUES (1)", { "UPDATE t SET a = 1.0" },
        { u"main.t a"_s, u"~ (1) > (1.0) direct #0"_s });
    row("delete", t, { "DELETE FROM t WHERE id = 1" }, { u"main.t id,a"_s, u"- (1, 'x') direct #0"_s });
    row("delete all", t, { "DELETE FROM t" },
        { u"main.t id,a"_s, u"- (1, 'x') direct #0"_s, u"- (2, 'y') direct #0"_s, u"- (3, NULL) direct #0"_s });
    row("twice", t, { "UPDATE t SET a = 1 WHERE id = 1", "UPDATE t SET a = 2 WHERE id = 1" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (1, 2) direct #0"_s });
    row("inserted and deleted", t, { "INSERT INTO t VALUES (9, 9)", "DELETE FROM t WHERE id = 9" }, {});
    row("deleted and inserted equal", t, { "DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (1, 'x')" }, {});
    row("deleted and inserted other", t, { "DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (1, 'q')" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (1, 'q') direct #0"_s });
    row("changed and changed back", t,
        { "UPDATE t SET a = 'q'", "UPDATE t SET a = CASE id WHEN 1 THEN 'x' WHEN 2 THEN 'y' END" }, {});
    row("key changed", t, { "UPDATE t SET id = 10 WHERE id = 1" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (10, 'x') direct #0"_s });
    row("key changed in two steps", t,
        { "UPDATE t SET id = 10 WHERE id = 1", "UPDATE t SET id = 11, a = 0 WHERE id = 10" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (11, 0) direct #0"_s });
    row("keys swapped", t,
        { "UPDATE t SET id = -1 WHERE id = 1", "UPDATE t SET id = 1 WHERE id = 2",
          "UPDATE t SET id = 2 WHERE id = -1" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (2, 'x') direct #0"_s, u"~ (2, 'y') > (1, 'y') direct #1"_s });
    row("key changed and back", t, { "UPDATE t SET id = 10 WHERE id = 1", "UPDATE t SET id = 1 WHERE id = 10" }, {});
    row("moved and replaced", t, { "UPDATE t SET id = 10 WHERE id = 1", "INSERT INTO t VALUES (1, 'new')" },
        { u"main.t id,a"_s, u"+ (1, 'new') direct #1"_s, u"~ (1, 'x') > (10, 'x') direct #0"_s });
    row("replace", t, { "REPLACE INTO t VALUES (1, 'r'), (5, 's')" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (1, 'r') direct #0"_s, u"+ (5, 's') direct #0"_s });
    row("replace by a unique column",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a UNIQUE); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
        { "INSERT OR REPLACE INTO t VALUES (1, 'y')" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (1, 'y') direct #0"_s, u"- (2, 'y') direct #0"_s });
    row("replace under a text key", "CREATE TABLE t(k TEXT PRIMARY KEY, a); INSERT INTO t VALUES ('a', 1), ('b', 2)",
        { "REPLACE INTO t VALUES ('a', 10)" }, { u"main.t k,a"_s, u"~ ('a', 1) > ('a', 10) direct #0"_s });
    row("update or replace", t, { "UPDATE OR REPLACE t SET id = 2 WHERE id = 1" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (2, 'x') direct #0"_s, u"- (2, 'y') direct #0"_s });
    row("upsert", t, { "INSERT INTO t VALUES (1, 'u'), (7, 'v') ON CONFLICT (id) DO UPDATE SET a = excluded.a || 'p'" },
        { u"main.t id,a"_s, u"~ (1, 'x') > (1, 'up') direct #0"_s, u"+ (7, 'v') direct #0"_s });
    row("do nothing", t, { "INSERT INTO t VALUES (1, 'u') ON CONFLICT DO NOTHING" }, {});
    row("without a key", "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 1), (1, 1), (2, 2)",
        { "DELETE FROM t WHERE rowid = 1", "UPDATE t SET b = 3 WHERE a = 2" },
        { u"main.t a,b"_s, u"- (1, 1) direct #0"_s, u"~ (2, 2) > (2, 3) direct #1"_s });
    row("without a key, deleted and inserted equal", "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)",
        { "DELETE FROM t WHERE a = 1", "INSERT INTO t VALUES (1)" },
        { u"rowids-changed: 1 rows of t get other rowids, which is not shown, and which an undo leaves"_s });
    row("without a key, rowid used again", "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)",
        { "DELETE FROM t WHERE a = 2", "INSERT INTO t VALUES (5)" },
        { u"main.t a"_s, u"+ (5) direct #1"_s, u"- (2) direct #0"_s });
    row("NULL in a key", "CREATE TABLE t(k TEXT PRIMARY KEY, a); INSERT INTO t VALUES (NULL, 1), (NULL, 2), ('x', 3)",
        { "UPDATE t SET a = 5 WHERE a = 2", "DELETE FROM t WHERE a = 1" },
        { u"main.t k,a"_s, u"- (NULL, 1) direct #1"_s, u"~ (NULL, 2) > (NULL, 5) direct #0"_s });
    row("negative rowid", "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (-9223372036854775808)",
        { "INSERT INTO t VALUES (9223372036854775807)", "DELETE FROM t WHERE id < 0" },
        { u"main.t id"_s, u"- (-9223372036854775808) direct #1"_s, u"+ (9223372036854775807) direct #0"_s });

    constexpr auto w = "CREATE TABLE t(a REAL, b TEXT COLLATE NOCASE, c INT, PRIMARY KEY (c, b)) WITHOUT ROWID;"
                       "INSERT INTO t VALUES (5, 'x', 1), (6.5, 'y', 2)";
    row("without rowid", w,
        { "UPDATE t SET a = 7 WHERE c = 1", "DELETE FROM t WHERE c = 2", "INSERT INTO t VALUES (8, 'z', 3)" },
        { u"main.t a,b,c"_s, u"~ (5.0, 'x', 1) > (7.0, 'x', 1) direct #0"_s, u"- (6.5, 'y', 2) direct #1"_s,
          u"+ (8.0, 'z', 3) direct #2"_s });
    row("without rowid, key changed", w, { "UPDATE t SET c = 9 WHERE c = 1" },
        { u"main.t a,b,c"_s, u"~ (5.0, 'x', 1) > (5.0, 'x', 9) direct #0"_s });
    row("without rowid, key equal by collation", w, { "UPDATE t SET b = 'X' WHERE c = 1" },
        { u"main.t a,b,c"_s, u"~ (5.0, 'x', 1) > (5.0, 'X', 1) direct #0"_s });
    row("without rowid, replaced by collation", w, { "REPLACE INTO t VALUES (1, 'X', 1)" },
        { u"main.t a,b,c"_s, u"~ (5.0, 'x', 1) > (1.0, 'X', 1) direct #0"_s });
    row("without rowid, deleted and inserted equal", w,
        { "DELETE FROM t WHERE c = 1", "INSERT INTO t VALUES (5, 'x', 1)" }, {});
    row("without rowid, REAL key",
        "CREATE TABLE t(k REAL PRIMARY KEY, a) WITHOUT ROWID; INSERT INTO t VALUES (5, 1), (5.5, 2)",
        { "UPDATE t SET a = 3", "UPDATE t SET k = 6 WHERE k = 5" },
        { u"main.t k,a"_s, u"~ (5.0, 1) > (6.0, 3) direct #0"_s, u"~ (5.5, 2) > (5.5, 3) direct #0"_s });

    row("generated columns",
        "CREATE TABLE t(v AS (a * 2), id INTEGER PRIMARY KEY, r REAL, s AS (a + 1) STORED, a INT); INSERT INTO t(id, "
        "r, a) VALUES (5, 1, 10), (6, 2, 20)",
        { "UPDATE t SET a = 11 WHERE id = 5", "DELETE FROM t WHERE id = 6",
          "INSERT INTO t(id, r, a) VALUES (7, 3, 30)" },
        { u"main.t v,id,r,s,a"_s, u"~ (20, 5, 1.0, 11, 10) > (22, 5, 1.0, 12, 11) direct #0"_s,
          u"- (40, 6, 2.0, 21, 20) direct #1"_s, u"+ (60, 7, 3.0, 31, 30) direct #2"_s });
    row("generated columns without rowid",
        "CREATE TABLE t(v AS (a * 2), k TEXT, a INT, w AS (k || v), PRIMARY KEY (k)) WITHOUT ROWID; INSERT INTO t(k, "
        "a) VALUES ('x', 1)",
        { "UPDATE t SET k = 'y', a = 2" },
        { u"main.t v,k,a,w"_s, u"~ (2, 'x', 1, 'x2') > (4, 'y', 2, 'y4') direct #0"_s });
    row("a column added long ago",
        "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); ALTER TABLE t ADD a DEFAULT 7; INSERT INTO "
        "t VALUES (2, NULL)",
        { "UPDATE t SET a = 8" },
        { u"main.t id,a"_s, u"~ (1, 7) > (1, 8) direct #0"_s, u"~ (2, NULL) > (2, 8) direct #0"_s });

    row("trigger",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE log(x); INSERT INTO t VALUES (1, 1);"
        "CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (OLD.a || '>' || NEW.a); END",
        { "UPDATE t SET a = 2" },
        { u"main.log x"_s, u"+ ('1>2') indirect #0"_s, u"main.t id,a"_s, u"~ (1, 1) > (1, 2) direct #0"_s });
    row("trigger on its own row",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a, stamp); INSERT INTO t VALUES (1, 1, NULL);"
        "CREATE TRIGGER tr AFTER UPDATE OF a ON t BEGIN UPDATE t SET stamp = 'now' WHERE id = NEW.id; END",
        { "UPDATE t SET a = 2" }, { u"main.t id,a,stamp"_s, u"~ (1, 1, NULL) > (1, 2, 'now') direct #0"_s });
    row("view",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE VIEW v AS SELECT a FROM t;"
        "CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN INSERT INTO t(a) VALUES (NEW.a * 2); END",
        { "INSERT INTO v VALUES (21)" }, { u"main.t id,a"_s, u"+ (1, 42) indirect #0"_s });
    constexpr auto keys
        = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE "
          "CASCADE ON UPDATE CASCADE);"
          "CREATE TABLE n(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE);"
          "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (10, 1), (11, 2); INSERT INTO n VALUES (20, 1)";
    row("cascade and set null", keys, { "DELETE FROM p WHERE id = 1" },
        { u"main.c id,p"_s, u"- (10, 1) indirect #0"_s, u"main.n id,p"_s, u"~ (20, 1) > (20, NULL) indirect #0"_s,
          u"main.p id"_s, u"- (1) direct #0"_s });
    row("update cascade", keys, { "UPDATE p SET id = 5 WHERE id = 1" },
        { u"main.c id,p"_s, u"~ (10, 1) > (10, 5) indirect #0"_s, u"main.n id,p"_s,
          u"~ (20, 1) > (20, 5) indirect #0"_s, u"main.p id"_s, u"~ (1) > (5) direct #0"_s });
    row("indirect, then direct", keys, { "DELETE FROM p WHERE id = 1", "UPDATE n SET p = 2 WHERE id = 20" },
        { u"main.c id,p"_s, u"- (10, 1) indirect #0"_s, u"main.n id,p"_s, u"~ (20, 1) > (20, 2) direct #0"_s,
          u"main.p id"_s, u"- (1) direct #0"_s });

    row("drop", t, { "UPDATE t SET a = 'before' WHERE id = 1", "DROP TABLE t" },
        { u"main.t id,a"_s, u"- (1, 'x') direct #0"_s, u"- (2, 'y') direct #1"_s, u"- (3, NULL) direct #1"_s,
          u"drop table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > "_s });
    row("drop a parent", keys, { "DROP TABLE p" },
        { u"main.c id,p"_s, u"- (10, 1) indirect #0"_s, u"- (11, 2) indirect #0"_s, u"main.n id,p"_s,
          u"~ (20, 1) > (20, NULL) indirect #0"_s, u"main.p id"_s, u"- (1) direct #0"_s, u"- (2) direct #0"_s,
          u"drop table main.p: CREATE TABLE p(id INTEGER PRIMARY KEY) > "_s });
    row("create table as", t,
        { "CREATE TABLE u AS SELECT id AS i FROM t", "UPDATE u SET i = 20 WHERE i = 2", "DELETE FROM u WHERE i = 3" },
        { u"main.u i"_s, u"+ (1) direct #0"_s, u"+ (20) direct #0"_s,
          u"create table main.u:  > CREATE TABLE u(i INT)"_s });
    row("created and dropped", t, { "CREATE TABLE u AS SELECT * FROM t", "DROP TABLE u" }, {});
    row("dropped and created", t, { "DROP TABLE t", "CREATE TABLE t(b)", "INSERT INTO t VALUES (1)" },
        { u"main.t id,a"_s, u"- (1, 'x') direct #0"_s, u"- (2, 'y') direct #0"_s, u"- (3, NULL) direct #0"_s,
          u"main.t b"_s, u"+ (1) direct #2"_s, u"create table main.t:  > CREATE TABLE t(b)"_s,
          u"drop table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > "_s });
    row("add column", t, { "ALTER TABLE t ADD b DEFAULT 7" },
        { u"main.t id,a,b"_s, u"~ (1, 'x', NULL) > (1, 'x', 7) indirect"_s,
          u"~ (2, 'y', NULL) > (2, 'y', 7) indirect"_s, u"~ (3, NULL, NULL) > (3, NULL, 7) indirect"_s,
          u"alter table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > CREATE TABLE t(id INTEGER PRIMARY KEY, a, b DEFAULT 7)"_s });
    row("add column and change rows", t,
        { "ALTER TABLE t ADD b DEFAULT 7", "UPDATE t SET a = 'q' WHERE id = 1", "UPDATE t SET b = 8 WHERE id = 2",
          "INSERT INTO t VALUES (4, 5, 6)" },
        { u"main.t id,a,b"_s, u"~ (1, 'x', NULL) > (1, 'q', 7) direct #1"_s,
          u"~ (2, 'y', NULL) > (2, 'y', 8) direct #2"_s, u"~ (3, NULL, NULL) > (3, NULL, 7) indirect"_s,
          u"+ (4, 5, 6) direct #3"_s,
          u"alter table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > CREATE TABLE t(id INTEGER PRIMARY KEY, a, b DEFAULT 7)"_s });
    row("drop column", t, { "ALTER TABLE t ADD b", "ALTER TABLE t DROP COLUMN a", "DELETE FROM t WHERE id = 3" },
        { u"main.t id,b,a"_s, u"~ (1, NULL, 'x') > (1, NULL, NULL) indirect"_s,
          u"~ (2, NULL, 'y') > (2, NULL, NULL) indirect"_s, u"- (3, NULL, NULL) direct #2"_s,
          u"alter table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > CREATE TABLE t(id INTEGER PRIMARY KEY, b)"_s,
          u"column-dropped: 2 rows of t lose a value with a column that is dropped"_s });
    row("rename column", t, { "ALTER TABLE t RENAME COLUMN a TO z", "UPDATE t SET z = 1 WHERE id = 1" },
        { u"main.t id,z"_s, u"~ (1, 'x') > (1, 1) direct #1"_s,
          u"alter table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > CREATE TABLE t(id INTEGER PRIMARY KEY, z)"_s });
    row("rename", t,
        { "UPDATE t SET a = 0 WHERE id = 3", "ALTER TABLE t RENAME TO u", "UPDATE u SET a = 1 WHERE id = 1",
          "INSERT INTO u VALUES (9, 9)", "DELETE FROM u WHERE id = 2" },
        { u"main.u id,a"_s, u"~ (1, 'x') > (1, 1) direct #2"_s, u"- (2, 'y') direct #4"_s,
          u"~ (3, NULL) > (3, 0) direct #0"_s, u"+ (9, 9) direct #3"_s,
          u"alter table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > CREATE TABLE \"u\"(id INTEGER PRIMARY KEY, a)"_s });
    row("rename and take the name", t,
        { "ALTER TABLE t RENAME TO u", "CREATE TABLE t(n)", "INSERT INTO t VALUES (1)", "DELETE FROM u WHERE id > 1" },
        { u"main.t n"_s, u"+ (1) direct #2"_s, u"main.u id,a"_s, u"- (2, 'y') direct #3"_s, u"- (3, NULL) direct #3"_s,
          u"alter table main.t: CREATE TABLE t(id INTEGER PRIMARY KEY, a) > CREATE TABLE \"u\"(id INTEGER PRIMARY KEY, a)"_s,
          u"create table main.t:  > CREATE TABLE t(n)"_s });
    row("a second index on the key",
        "CREATE TABLE t(k INT, a, PRIMARY KEY (k)) WITHOUT ROWID; CREATE UNIQUE INDEX i ON t(k);"
        "CREATE TRIGGER g AFTER UPDATE ON t BEGIN SELECT 1; END; INSERT INTO t VALUES (1, 'x')",
        { "UPDATE t SET k = 2" }, { u"main.t k,a"_s, u"~ (1, 'x') > (2, 'x') direct #0"_s });
    row("rename and drop", "CREATE TABLE t(a); INSERT INTO t VALUES (1)",
        { "ALTER TABLE t RENAME TO u", "DROP TABLE u" },
        { u"main.t a"_s, u"- (1) direct #1"_s, u"drop table main.t: CREATE TABLE t(a) > "_s });
    row("made anew without a key, in another order", "CREATE TABLE t(a); INSERT INTO t VALUES (1), (1.0), (2)",
        { "CREATE TABLE n(a)", "INSERT INTO n SELECT a FROM t ORDER BY typeof(a) DESC", "DELETE FROM n WHERE a = 2",
          "DROP TABLE t", "ALTER TABLE n RENAME TO t" },
        { u"main.t a"_s, u"- (2) direct #3"_s, u"create table main.t:  > CREATE TABLE \"t\"(a)"_s,
          u"drop table main.t: CREATE TABLE t(a) > "_s });
    row("rename without rowid", w,
        { "ALTER TABLE t RENAME TO u", "DELETE FROM u WHERE c = 1", "INSERT INTO u VALUES (0, 'q', 0)" },
        { u"main.u a,b,c"_s, u"+ (0.0, 'q', 0) direct #2"_s, u"- (5.0, 'x', 1) direct #1"_s,
          u"alter table main.t: CREATE TABLE t(a REAL, b TEXT COLLATE NOCASE, c INT, PRIMARY KEY (c, b)) WITHOUT ROWID > CREATE TABLE \"u\"(a REAL, b TEXT COLLATE NOCASE, c INT, PRIMARY KEY (c, b)) WITHOUT ROWID"_s });
    row("index, view, trigger", t,
        { "CREATE INDEX i ON t(a)", "CREATE VIEW v AS SELECT 1",
          "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END" },
        { u"create index main.i:  > CREATE INDEX i ON t(a)"_s,
          u"create trigger main.tr:  > CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END"_s,
          u"create view main.v:  > CREATE VIEW v AS SELECT 1"_s });
    row("odd names", "CREATE TABLE \"o \"\"dd'\"(\"c c\", \"rowid\"); INSERT INTO \"o \"\"dd'\" VALUES (1, 2)",
        { "UPDATE \"o \"\"dd'\" SET \"c c\" = 3" }, { u"main.o \"dd' c c,rowid"_s, u"~ (1, 2) > (3, 2) direct #0"_s });
    row("strict", "CREATE TABLE t(a INT, b ANY) STRICT; INSERT INTO t VALUES (1, 5.0)", { "UPDATE t SET a = 2" },
        { u"main.t a,b"_s, u"~ (1, 5.0) > (2, 5.0) direct #0"_s });
    row("insert from another table", "CREATE TABLE t(a); CREATE TABLE u(a); INSERT INTO u VALUES (1), (2)",
        { "INSERT INTO t SELECT * FROM u" }, { u"main.t a"_s, u"+ (1) direct #0"_s, u"+ (2) direct #0"_s });
}

void TestSqliteCapture::sees()
{
    QFETCH(QByteArray, setUp);
    QFETCH(QByteArrayList, statements);
    QFETCH(QStringList, effects);
    const TestSqlite file(setUp);
    const QString before = file.dump();
    Captured captured(file);
    captured.runAll(statements);
    QCOMPARE(printed(captured.effects()).join(u'\n'), effects.join(u'\n'));
    QVERIFY(captured.connection->rollback());
    TargetEffects none;
    QVERIFY(captured.capture->ended(none));
    QCOMPARE(file.dump(), before);
}

void TestSqliteCapture::countsMatchRows()
{
    const TestSqlite file(
        "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a); INSERT INTO t(a) VALUES (1), (2), (3)");
    Captured captured(file);
    captured.runAll(
        { "UPDATE t SET a = 9 WHERE id = 1", "DELETE FROM t WHERE id = 2", "INSERT INTO t(a) VALUES (4), (5)" });
    const TargetEffects effects = captured.effects();
    QCOMPARE(effects.target, u"t"_s);
    QCOMPARE(effects.tables.size(), 2);
    const TableEffects& sequence = effects.tables.at(0);
    QCOMPARE(sequence.name.table, u"sqlite_sequence"_s);
    QVERIFY(sequence.internal);
    QCOMPARE(printed(sequence.rows.at(0)), u"~ ('t', 3) > ('t', 5) indirect"_s);
    const TableEffects& table = effects.tables.at(1);
    QCOMPARE((QList { table.inserted, table.updated, table.deleted }), (QList<qint64> { 2, 1, 1 }));
    QCOMPARE(table.keyColumns, QList<int> { 0 });
    QVERIFY(!table.internal);
    QVERIFY(table.complete);
}

void TestSqliteCapture::seesFailures_data()
{
    QTest::addColumn<QByteArray>("failing");
    QTest::addColumn<QStringList>("effects");
    const QStringList ok { u"main.t id,a"_s, u"~ (1, 'x') > (1, 'ok') direct #0"_s };
    QTest::newRow("several rows") << "INSERT INTO t VALUES (8, 8), (9, 9), (2, 'dup')"_ba << ok;
    QTest::newRow("keys moved") << "UPDATE t SET id = CASE id WHEN 1 THEN 10 ELSE 10 END"_ba << ok;
    QTest::newRow("trigger") << "UPDATE t SET a = 'raise'"_ba << ok;
    QTest::newRow("trigger that ignores") << "DELETE FROM t WHERE id = 3"_ba << ok;
    QTest::newRow("or fail") << "INSERT OR FAIL INTO t VALUES (8, 8), (2, 'dup')"_ba
                             << QStringList { ok.at(0), ok.at(1), u"+ (8, 8) indirect"_s };
    QTest::newRow("drop refused") << "DROP TABLE nix"_ba << ok;
    QTest::newRow("alter refused") << "ALTER TABLE t ADD COLUMN a"_ba << ok;
    QTest::newRow("create refused") << "CREATE TABLE t AS SELECT 1"_ba << ok;
    QTest::newRow("transaction control") << "COMMIT"_ba << ok;
}

void TestSqliteCapture::seesFailures()
{
    QFETCH(QByteArray, failing);
    QFETCH(QStringList, effects);
    const TestSqlite file(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z');"
        "CREATE TRIGGER tr BEFORE UPDATE ON t WHEN NEW.a = 'raise' AND OLD.id = 2 BEGIN SELECT RAISE(ABORT, 'no'); END;"
        "CREATE TRIGGER ig BEFORE DELETE ON t BEGIN SELECT RAISE(IGNORE); END");
    Captured captured(file);
    captured.run("UPDATE t SET a = 'ok' WHERE id = 1");
    const auto result = captured.tries(failing);
    QCOMPARE(result.ok(), failing.startsWith("DELETE"));
    QCOMPARE(printed(captured.effects()).join(u'\n'), effects.join(u'\n'));
}

void TestSqliteCapture::commandTakenBack()
{
    const TestSqlite file(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')");
    Captured captured(file);
    captured.run("UPDATE t SET a = 'ok' WHERE id = 1");
    QVERIFY(captured.connection->savepoint("s"));
    captured.run("UPDATE t SET id = id + 10, a = 'gone'");
    captured.capture->submitSql({ "INSERT INTO t VALUES (1, 'gone too')", {} }, {},
                                [](const Result<Rowset>& result) { QVERIFY(result); });
    QVERIFY(captured.connection->rollbackTo("s"));
    captured.capture->rolledBackToSavepoint();
    captured.run("UPDATE t SET a = 'later' WHERE id = 2");
    captured.run("DELETE FROM t WHERE id = 3");
    captured.run("INSERT INTO t VALUES (13, 'n')");
    QCOMPARE(printed(captured.effects()),
             (QStringList { u"main.t id,a"_s, u"~ (1, 'x') > (1, 'ok') direct #0"_s,
                            u"~ (2, 'y') > (2, 'later') direct #2"_s, u"- (3, 'z') direct #3"_s,
                            u"+ (13, 'n') direct #4"_s }));
}

void TestSqliteCapture::schemaTakenBack()
{
    const TestSqlite file("CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 'y');"
                          "CREATE TABLE u(a); INSERT INTO u VALUES (5)");
    for (const QByteArray& taken :
         { "ALTER TABLE t RENAME TO v"_ba, "DROP TABLE t"_ba, "ALTER TABLE t ADD b DEFAULT 5"_ba,
           "ALTER TABLE t DROP COLUMN a"_ba, "CREATE TABLE w AS SELECT * FROM t"_ba }) {
        Captured captured(file);
        QVERIFY(captured.connection->savepoint("s"));
        captured.run(taken);
        captured.capture->submitSql({ "UPDATE u SET a = 6", {} }, {},
                                    [](const Result<Rowset>& result) { QVERIFY(result); });
        QVERIFY(captured.connection->rollbackTo("s"));
        captured.capture->rolledBackToSavepoint();
        captured.run("UPDATE t SET a = 'z' WHERE id = 1");
        captured.run("UPDATE u SET a = 7");
        QCOMPARE(printed(captured.effects()).join(u'\n'),
                 u"main.t id,a\n~ (1, 'x') > (1, 'z') direct #1\nmain.u a\n~ (5) > (7) direct #2"_s);
    }
}

void TestSqliteCapture::endedByItself()
{
    const TestSqlite file("CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
    Captured captured(file);
    captured.run("INSERT INTO t VALUES (2)");
    QVERIFY(!captured.tries("INSERT OR ROLLBACK INTO t VALUES (1)"));
    QVERIFY(!captured.tries("INSERT INTO t VALUES (3)"));
    const auto collected = captured.collect();
    QVERIFY(!collected);
    QVERIFY2(collected.error().message.contains(u"already rolled"_s), qPrintable(collected.error().text()));
    QVERIFY(captured.connection->rollback());
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"1"_s);
}

void TestSqliteCapture::deferredForeignKey()
{
    const TestSqlite file("CREATE TABLE p(id INTEGER PRIMARY KEY);"
                          "CREATE TABLE c(p REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
    {
        Captured captured(file);
        captured.run("INSERT INTO c VALUES (7)");
        const auto collected = captured.collect();
        QVERIFY(!collected);
        QCOMPARE(collected.error().kind, ErrorKind::Statement);
        QCOMPARE(collected.error().table, u"c"_s);
        QVERIFY2(collected.error().detail.contains(u"rowid 1 of c refers to a row of p"_s),
                 qPrintable(collected.error().text()));
    }
    Captured captured(file);
    captured.runAll({ "INSERT INTO c VALUES (7)", "INSERT INTO p VALUES (7)" });
    QCOMPARE(printed(captured.effects()).size(), 4);
    QCOMPARE(captured.connection->commit().end, CommitEnd::Committed);
}

void TestSqliteCapture::undoWithoutTriggers()
{
    const TestSqlite file(
        "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE "
        "CASCADE);"
        "CREATE TABLE log(x); CREATE TRIGGER tr AFTER DELETE ON c BEGIN INSERT INTO log VALUES (OLD.id); END;"
        "INSERT INTO p VALUES (1); INSERT INTO c VALUES (10, 1), (11, 99)"); // 11 is broken from the beginning
    ConnectionOptions options;
    options.suppressTriggers = true;
    Captured captured(file, options);
    captured.runAll(
        { "DELETE FROM p WHERE id = 1", "DELETE FROM c WHERE id = 10" }); // parents first: in between it is broken
    QCOMPARE(printed(captured.effects()),
             (QStringList { u"main.c id,p"_s, u"- (10, 1) direct #1"_s, u"main.p id"_s, u"- (1) direct #0"_s }));
}

void TestSqliteCapture::undoThatBreaksAKey()
{
    const TestSqlite file("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES "
                          "p ON DELETE CASCADE);"
                          "INSERT INTO p VALUES (1); INSERT INTO c VALUES (10, 1)");
    ConnectionOptions options;
    options.suppressTriggers = true;
    Captured captured(file, options);
    captured.run("DELETE FROM p WHERE id = 1");
    const QList<Caution> cautions = captured.effects().cautions;
    QCOMPARE(cautions.size(), 1);
    QCOMPARE(cautions.first().code, "dangling-reference"_L1);
    QCOMPARE(cautions.first().text, u"a row of c refers to a row of p that is not there: p = 1"_s);
}

void TestSqliteCapture::fullTextIndex()
{
    const TestSqlite file("CREATE VIRTUAL TABLE ft USING fts5(body); INSERT INTO ft VALUES ('one two'), ('three');"
                          "CREATE TABLE t(id INTEGER PRIMARY KEY, a);");
    {
        Captured captured(file);
        captured.runAll({ "INSERT INTO ft VALUES ('four')", "INSERT INTO t VALUES (1, 1)" });
        const TargetEffects effects = captured.effects();
        QStringList internal;
        for (const TableEffects& table : effects.tables) {
            QCOMPARE(table.internal, table.name.table.startsWith("ft_"_L1));
            if (table.internal)
                internal.append(table.name.table);
        }
        QVERIFY2(internal.contains(u"ft_content"_s) && internal.contains(u"ft_data"_s),
                 qPrintable(internal.join(u' ')));
    }
    Captured captured(file);
    captured.run("DROP TABLE ft");
    const QStringList lines = printed(captured.effects(), true);
    QVERIFY2(lines.contains(u"- (1, 'one two') indirect #0"_s), qPrintable(lines.join(u'\n')));
    QVERIFY(lines.contains(u"drop table main.ft: CREATE VIRTUAL TABLE ft USING fts5(body) > "_s));
}

void TestSqliteCapture::tempTables()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    Captured captured(file);
    captured.runAll({ "CREATE TEMP TABLE t(b)", "INSERT INTO t VALUES (2)", "UPDATE main.t SET a = 3" });
    QCOMPARE(printed(captured.effects()),
             (QStringList { u"main.t a"_s, u"~ (1) > (3) direct #2"_s, u"temp.t b"_s, u"+ (2) direct #1"_s,
                            u"create table temp.t:  > CREATE TABLE t(b)"_s,
                            u"temporary-table: table temp.t is temporary: it is gone when the run has ended"_s }));
}

void TestSqliteCapture::exactValues()
{
    const TestSqlite file("CREATE TABLE t(k PRIMARY KEY, a); INSERT INTO t VALUES (1, CAST(x'61ff' AS TEXT)), (2, "
                          "CAST(x'610062' AS TEXT)), (3, x'00ff'), (4, '')");
    Captured captured(file);
    captured.run("UPDATE t SET a = ?1", { Value::real(-0.0) });
    captured.run("INSERT INTO t VALUES (?1, ?2)",
                 { Value::rawText("\xfe"_ba), Value::integer(std::numeric_limits<qint64>::min()) });
    const TargetEffects effects = captured.effects();
    const RowChanges& rows = effects.tables.at(0).rows;
    QCOMPARE(rows.size(), 5);
    QVERIFY(rows.at(0).before.at(1) == Value::rawText("a\xff"_ba));
    QVERIFY(rows.at(1).before.at(1) == Value::rawText(QByteArray("a\0b", 3)));
    QVERIFY(rows.at(2).before.at(1) == Value::blob(QByteArray("\0\xff", 2)));
    QVERIFY(rows.at(3).before.at(1) == Value::text(u""_s));
    QVERIFY(rows.at(4).after.at(0) == Value::rawText("\xfe"_ba));
    QVERIFY(rows.at(4).after.at(1) == Value::integer(std::numeric_limits<qint64>::min()));
}

void TestSqliteCapture::hiddenRowid()
{
    const TestSqlite file("CREATE TABLE t(rowid, _rowid_, oid); INSERT INTO t VALUES (1, 2, 3)");
    Captured captured(file);
    captured.run("UPDATE t SET oid = 4");
    const TargetEffects effects = captured.effects();
    QCOMPARE(effects.tables.size(), 1);
    QVERIFY(!effects.tables.at(0).complete);
    QVERIFY(!effects.tables.at(0).incompleteReason.isEmpty());
}

// SQLite's hook gives the key of such a table as a REAL, which is exact up to 2^53 only.
void TestSqliteCapture::keyThatTheHookSpoils()
{
    const TestSqlite file("CREATE TABLE t(x REAL, id INTEGER PRIMARY KEY) WITHOUT ROWID;"
                          "INSERT INTO t VALUES (1, 9007199254740993), (2, 5)");
    {
        Captured captured(file);
        captured.run("UPDATE t SET x = 3 WHERE id = 5");
        QCOMPARE(printed(captured.effects()), (QStringList { u"main.t x,id"_s, u"~ (2.0, 5) > (3.0, 5) direct #0"_s }));
    }
    {
        Captured captured(file);
        captured.run("UPDATE t SET x = 3");
        QCOMPARE(printed(captured.effects()),
                 (QStringList { u"main.t x,id"_s, u"~ (2.0, 5) > (3.0, 5) direct #0"_s,
                                u"~ (1.0, 9007199254740993) > (3.0, 9007199254740993) direct"_s }));
    }
    Captured captured(file);
    captured.run("UPDATE t SET id = id + 2 WHERE id > 5");
    captured.run("DELETE FROM t WHERE id = 5");
    QCOMPARE(printed(captured.effects()),
             (QStringList { u"main.t x,id"_s, u"- (2.0, 5) direct #1"_s, u"- (1.0, 9007199254740993) indirect"_s,
                            u"+ (1.0, 9007199254740995) direct"_s }));
}

void TestSqliteCapture::tableMadeAnew()
{
    const TestSqlite file(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z');"
        "CREATE TABLE n(a); INSERT INTO n VALUES (1), (1), (2)");
    Captured captured(file);
    captured.run("DROP TABLE t");
    captured.run("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    captured.run("INSERT INTO t VALUES (1, 'x'), (3, 'w'), (4, 'v')");
    captured.run("DROP TABLE n");
    captured.run("CREATE TABLE n(a)");
    captured.run("INSERT INTO n VALUES (1), (2), (3)");
    QCOMPARE(
        printed(captured.effects()),
        (QStringList { u"main.n a"_s, u"+ (3) direct #5"_s, u"- (1) direct #3"_s, u"main.t id,a"_s,
                       u"- (2, 'y') direct #0"_s, u"~ (3, 'z') > (3, 'w') direct #2"_s, u"+ (4, 'v') direct #2"_s }));
}

// What the capture asks of SQLite must not show in what the batch asks.
void TestSqliteCapture::changesStayTheBatchs()
{
    const TestSqlite file(
        "CREATE TABLE o(v INTEGER PRIMARY KEY, f); CREATE TABLE l(c, d); INSERT INTO o VALUES (7, 7)");
    Captured captured(file);
    captured.run("INSERT INTO o(f) VALUES (5), (6)");
    captured.run("INSERT INTO l VALUES (changes(), last_insert_rowid())");
    QVERIFY(printed(captured.effects()).contains(u"+ (2, 9) direct #1"_s));
}

void TestSqliteCapture::writesOfCommands()
{
    const TestSqlite file("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    Captured captured(file);
    Table table;
    table.schema = u"main"_s;
    table.name = u"t"_s;
    captured.capture->commandStarts(3);
    int answers = 0;
    for (int i = 0; i < 3; ++i) {
        captured.capture->submitWrite(
            { "INSERT INTO t VALUES (?1, ?2)", { Value::integer(i), Value::text(u"a"_s) } }, table,
            [&](const Result<Rowset>& result) { answers += result && result->affected == 1 ? 1 : 0; });
    }
    captured.capture->submitWrite({ "INSERT INTO t VALUES (0, 0)", {} }, table,
                                  [&](const Result<Rowset>& result) { answers += result ? 0 : 10; });
    QCOMPARE(answers, 13);
    QCOMPARE(printed(captured.effects()),
             (QStringList { u"main.t id,a"_s, u"+ (0, 'a') direct #3"_s, u"+ (1, 'a') direct #3"_s,
                            u"+ (2, 'a') direct #3"_s }));
}

void TestSqliteCapture::leavesNothingBehind()
{
    const TestSqlite file("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    Captured captured(file);
    captured.run("INSERT INTO t VALUES (1, 1)");
    TargetEffects effects = captured.effects();
    QCOMPARE(captured.connection->commit().end, CommitEnd::Committed);
    QVERIFY(captured.capture->ended(effects));
    captured.capture.reset();
    QVERIFY(captured.connection->query({ "UPDATE t SET a = 2", {} }));
    QVERIFY(captured.connection->query({ "DROP TABLE t", {} }));
    captured.capture = sqliteCapture(*captured.connection);
    QVERIFY(captured.capture->begin({}));
    QVERIFY(printed(captured.effects()).isEmpty());
}

QTEST_GUILESS_MAIN(TestSqliteCapture)
#include "tst_sqlitecapture.moc"
