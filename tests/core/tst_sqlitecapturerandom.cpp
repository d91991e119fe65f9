// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitecapture.h"
#include "session/sqliteconnection.h"
#include "support/testdatabase.h"

#include <QMap>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto world = R"sql(
    CREATE TABLE parent(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
    CREATE TABLE child(id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE, n INT CHECK (n < 90));
    CREATE TABLE loose(p REFERENCES parent(name) ON DELETE SET NULL ON UPDATE CASCADE, v);
    CREATE TABLE plain(a, b);
    CREATE TABLE texts(k TEXT PRIMARY KEY, n) ;
    CREATE TABLE wide(v AS (a * 2), r REAL, id INTEGER PRIMARY KEY, s AS (a + 1) STORED, a INT);
    CREATE TABLE bare(x REAL, k TEXT COLLATE NOCASE, i INT, y, PRIMARY KEY (i, k)) WITHOUT ROWID;
    CREATE TABLE bareWide(v AS (y || 1), k INT, y, PRIMARY KEY (k)) WITHOUT ROWID;
    CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, what);
    CREATE VIEW names AS SELECT id, name FROM parent;
    CREATE TRIGGER viewed INSTEAD OF UPDATE ON names BEGIN UPDATE parent SET name = NEW.name WHERE id = OLD.id; END;
    CREATE TRIGGER logged AFTER UPDATE ON child BEGIN INSERT INTO log(what) VALUES (OLD.n || '>' || NEW.n); END;
    CREATE TRIGGER refused BEFORE DELETE ON texts WHEN OLD.n = 7 BEGIN SELECT RAISE(ABORT, 'seven'); END;
    CREATE TRIGGER ignored BEFORE UPDATE ON plain WHEN NEW.a = 3 BEGIN SELECT RAISE(IGNORE); END;
    CREATE TRIGGER pruned AFTER INSERT ON log WHEN (SELECT count(*) FROM log) > 12 BEGIN DELETE FROM log WHERE id = (SELECT min(id) FROM log); END;
    INSERT INTO parent WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 12) SELECT i, 'n' || i FROM n;
    INSERT INTO child SELECT id, id, id FROM parent;
    INSERT INTO loose SELECT name, id FROM parent;
    INSERT INTO plain SELECT id % 5, id % 3 FROM parent;
    INSERT INTO texts SELECT name, id FROM parent; INSERT INTO texts VALUES (NULL, 1), (NULL, 1);
    INSERT INTO wide(r, id, a) SELECT id, id, id FROM parent;
    INSERT INTO bare SELECT id, name, id, id FROM parent;
    INSERT INTO bareWide(k, y) SELECT id, id FROM parent;
    ALTER TABLE plain ADD c DEFAULT 'late';
)sql";

// %1 and %2 are small random numbers, %3 a random value.
constexpr std::array statements {
    "INSERT INTO parent VALUES (%1, 'n' || %2)",
    "INSERT OR REPLACE INTO parent VALUES (%1, 'n' || %2)",
    "INSERT OR IGNORE INTO parent VALUES (%1, 'n' || %2)",
    "INSERT INTO parent(name) SELECT 'm' || id FROM parent WHERE id %% 3 = %2 %% 3",
    "UPDATE parent SET id = id + 20 WHERE id = %1",
    "UPDATE OR REPLACE parent SET id = %2 WHERE id = %1",
    "UPDATE names SET name = 'v' || %2 WHERE id < %1",
    "DELETE FROM parent WHERE id = %1 OR id = %2",
    "INSERT INTO child VALUES (%1, %2, %1) ON CONFLICT (id) DO UPDATE SET n = n + 1, p = %2",
    "UPDATE child SET n = n + %1",
    "UPDATE child SET n = 95 - %1 + id",
    "UPDATE OR FAIL child SET n = 85 + id WHERE id > %1",
    "UPDATE child SET id = id - 1",
    "DELETE FROM child",
    "INSERT INTO child SELECT id, p, n FROM child",
    "UPDATE loose SET v = %3 WHERE rowid = %1",
    "INSERT INTO loose VALUES (NULL, %3)",
    "DELETE FROM loose WHERE v = %1",
    "INSERT INTO plain VALUES (%1, %2, %3)",
    "INSERT INTO plain SELECT * FROM plain WHERE a = %1",
    "UPDATE plain SET a = %2, c = %3 WHERE a = %1",
    "UPDATE plain SET rowid = rowid + 5",
    "DELETE FROM plain WHERE rowid IN (SELECT max(rowid) FROM plain)",
    "REPLACE INTO texts VALUES ('n' || %1, %3)",
    "UPDATE texts SET k = k || 'x' WHERE n < %1",
    "UPDATE texts SET n = 7 WHERE k IS NULL",
    "DELETE FROM texts WHERE n <= %1",
    "INSERT INTO texts VALUES (NULL, %2)",
    "INSERT OR REPLACE INTO wide(r, id, a) VALUES (%3, %1, %2)",
    "UPDATE wide SET a = a + %2 WHERE id >= %1",
    "UPDATE wide SET id = -id, r = %3",
    "DELETE FROM wide WHERE v > %1",
    "INSERT INTO bare VALUES (%3, 'N' || %1, %1, %2) ON CONFLICT DO UPDATE SET y = %2, k = upper(k)",
    "REPLACE INTO bare VALUES (%1, 'N' || %1, %1, %3)",
    "UPDATE bare SET i = i + 1",
    "UPDATE bare SET i = i + 30, x = x + 0.5 WHERE i = %1",
    "UPDATE bare SET k = upper(k)",
    "DELETE FROM bare WHERE i < %1",
    "INSERT INTO bare SELECT x, 'N' || i, i, y FROM bare WHERE i = %1",
    "INSERT OR REPLACE INTO bareWide(k, y) VALUES (%1, %3)",
    "UPDATE bareWide SET k = -k",
    "DELETE FROM bareWide WHERE v = %1",
    "DELETE FROM log",
    "INSERT INTO log(what) VALUES (%3)",
};

constexpr std::array schemaStatements {
    "ALTER TABLE plain RENAME TO plainer",
    "ALTER TABLE plainer RENAME TO plain",
    "DROP TABLE plain",
    "DROP TABLE IF EXISTS made",
    "CREATE TABLE made AS SELECT * FROM parent WHERE id > %1",
    "UPDATE made SET name = %3",
    "DELETE FROM made WHERE id = %2",
    "CREATE TABLE plain(a, b, c)",
    "INSERT INTO plainer VALUES (%1, %2, %3)",
    "DROP TABLE bareWide",
    "CREATE INDEX IF NOT EXISTS i ON child(n)",
};

constexpr std::array values {
    "NULL", "1", "1.0", "2.5", "'text'", "x'00ff'", "''", "-0.0", "9223372036854775807", "CAST(x'ff00' AS TEXT)"
};

using Rows = QList<Row>;

bool comesBefore(const Row& left, const Row& right)
{
    return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end()) < 0;
}

Rows sorted(Rows rows)
{
    std::ranges::sort(rows, comesBefore);
    return rows;
}

/// Every table with its rows, by plain queries.
QMap<QString, Rows> dump(Connection& connection)
{
    QMap<QString, Rows> tables;
    const auto names = connection.query({ "SELECT name FROM sqlite_schema WHERE type = 'table'", {} });
    for (const Row& row : names->rows) {
        const QString name = row.at(0).toText();
        tables.insert(name, sorted(connection.query({ "SELECT * FROM " + connection.quoted(name), {} })->rows));
    }
    return tables;
}

bool removeRow(Rows& rows, const Row& row)
{
    const auto found = std::ranges::lower_bound(rows, row, comesBefore);
    if (found == rows.end() || comesBefore(row, *found))
        return false;
    rows.erase(found);
    return true;
}

/// The effects applied to the dump of before; an empty text if each row that they name was there.
QString apply(const TargetEffects& effects, QMap<QString, Rows>& tables)
{
    for (const TableEffects& table : effects.tables) {
        Rows& rows = tables[table.name.table];
        for (const RowChange& change : table.rows) {
            if (!change.before.isEmpty() && !removeRow(rows, change.before))
                return table.name.table + u": a row that was not there"_s;
            if (change.change == ChangeKind::Update && change.before == change.after)
                return table.name.table + u": an update that changes nothing"_s;
        }
        for (const RowChange& change : table.rows) {
            if (!change.after.isEmpty())
                rows.append(change.after);
        }
        rows = sorted(rows);
    }
    return {};
}

/// Two changes of one primary key: they would be one.
QString doubledKeys(const TableEffects& table)
{
    QList<Row> deleted;
    for (const RowChange& change : table.rows) {
        Row key;
        for (const int column : table.keyColumns)
            key.append(change.before.value(column));
        const bool whole = std::ranges::none_of(key, &Value::isNull);
        if (change.change == ChangeKind::Delete && whole && !key.isEmpty())
            deleted.append(key);
    }
    for (const RowChange& change : table.rows) {
        Row key;
        for (const int column : table.keyColumns)
            key.append(change.after.value(column));
        if (change.change == ChangeKind::Insert && deleted.contains(key))
            return table.name.table + u": deleted and inserted under one key"_s;
    }
    return {};
}

} // namespace

/// Random batches: what the capture says, applied to a dump of before, gives the dump of after.
/// HOLDPOINT_TEST_SEEDS=first:count runs others than the usual ones.
class TestSqliteCaptureRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void explainsEveryDifference_data();
    void explainsEveryDifference();

private:
    [[nodiscard]] static QByteArray statement(QRandomGenerator& random, bool schema);
    static void runBatch(Connection& connection, Capture& capture, QRandomGenerator& random, bool schema);
};

void TestSqliteCaptureRandom::explainsEveryDifference_data()
{
    QTest::addColumn<quint32>("seed");
    const QStringList wanted = qEnvironmentVariable("HOLDPOINT_TEST_SEEDS", u"1:60"_s).split(u':');
    const quint32 first = wanted.value(0).toUInt();
    for (quint32 seed = first; seed < first + wanted.value(1).toUInt(); ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

QByteArray TestSqliteCaptureRandom::statement(QRandomGenerator& random, bool schema)
{
    const char* text = schema && random.bounded(4) == 0
        ? schemaStatements[static_cast<size_t>(random.bounded(int(schemaStatements.size())))]
        : statements[static_cast<size_t>(random.bounded(int(statements.size())))];
    return QByteArray(text)
        .replace("%%", "%")
        .replace("%1", QByteArray::number(random.bounded(1, 14)))
        .replace("%2", QByteArray::number(random.bounded(0, 25)))
        .replace("%3", values[static_cast<size_t>(random.bounded(int(values.size())))]);
}

void TestSqliteCaptureRandom::runBatch(Connection& connection, Capture& capture, QRandomGenerator& random, bool schema)
{
    const int commands = random.bounded(1, 15);
    for (int command = 0; command < commands; ++command) {
        const bool guarded = random.bounded(2) == 0;
        capture.commandStarts(command);
        if (guarded)
            QVERIFY(connection.savepoint("s"));
        bool failed = random.bounded(8) == 0;
        capture.submitSql({ statement(random, schema), {} }, {},
                          [&](const Result<Rowset>& result) { failed = failed || !result; });
        if (!guarded)
            continue;
        if (failed) {
            QVERIFY(connection.rollbackTo("s"));
            capture.rolledBackToSavepoint();
        } else {
            QVERIFY(connection.releaseSavepoint("s"));
        }
    }
}

void TestSqliteCaptureRandom::explainsEveryDifference()
{
    QFETCH(quint32, seed);
    QRandomGenerator random(seed);
    const bool schema = seed % 3 == 0;
    const TestSqlite file(world);
    auto opened = openSqlite({ .name = u"t"_s, .engine = EngineKind::SQLite, .address = file.path() }, {});
    QVERIFY(opened);
    Connection& connection = **opened;
    QVERIFY(connection.query({ "PRAGMA synchronous=OFF", {} }));
    for (int round = 0; round < 3; ++round) {
        QMap<QString, Rows> before = dump(connection);
        const auto capture = sqliteCapture(connection);
        QVERIFY(capture->begin({}));
        runBatch(connection, *capture, random, schema);
        auto effects = capture->collect();
        QVERIFY2(effects, qPrintable(effects ? QString() : effects.error().text()));
        const QMap<QString, Rows> after = dump(connection);
        if (schema) { // tables come and go under other names: only what is there in both is compared
            TargetEffects known = *effects;
            known.tables.removeIf([&](const TableEffects& table) { return table.name.table.startsWith(u"plain"_s); });
            before.removeIf([](auto table) { return table.key().startsWith(u"plain"_s); });
            QCOMPARE(apply(known, before), QString());
            before.removeIf([&](auto table) { return !after.contains(table.key()) && table->isEmpty(); });
        } else {
            QCOMPARE(apply(*effects, before), QString());
        }
        for (auto table = after.cbegin(); table != after.cend(); ++table) {
            if (schema && table.key().startsWith(u"plain"_s))
                continue;
            QVERIFY2(before.value(table.key()) == *table, qPrintable(table.key()));
        }
        for (const TableEffects& table : std::as_const(effects->tables)) {
            QVERIFY(table.complete);
            QCOMPARE(doubledKeys(table), QString());
        }
        if (random.bounded(2))
            QCOMPARE(connection.commit().end, CommitEnd::Committed);
        else
            QVERIFY(connection.rollback());
        QVERIFY(capture->ended(*effects));
    }
}

QTEST_GUILESS_MAIN(TestSqliteCaptureRandom)
#include "tst_sqlitecapturerandom.moc"
