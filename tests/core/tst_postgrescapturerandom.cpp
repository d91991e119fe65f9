// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgrescapturing.h"

#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

constexpr auto world = R"sql(
    CREATE TABLE log (what text);
    CREATE TABLE a (id int PRIMARY KEY, v int, t text);
    CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE, j jsonb,
        twice int GENERATED ALWAYS AS (id * 2) STORED);
    CREATE TABLE c (id int, b int REFERENCES b ON DELETE SET NULL);
    CREATE TABLE bag (x int, y text);
    CREATE TABLE p (k int, id int, v int, PRIMARY KEY (k, id)) PARTITION BY LIST (k);
    CREATE TABLE p0 PARTITION OF p FOR VALUES IN (0);
    CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2, 3);
    CREATE TABLE up (x int);
    CREATE TABLE down (z int) INHERITS (up);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO log VALUES (TG_TABLE_NAME || TG_OP); RETURN NULL; END $$;
    CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON b FOR EACH ROW EXECUTE FUNCTION note();
    CREATE CONSTRAINT TRIGGER note AFTER UPDATE ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
    INSERT INTO a SELECT g, g, 't' || g FROM generate_series(1, 20) g;
    INSERT INTO b (id, a, j) SELECT g, 1 + g % 20, '{}' FROM generate_series(1, 40) g;
    INSERT INTO c SELECT g, 1 + g % 40 FROM generate_series(1, 40) g;
    INSERT INTO bag SELECT g % 4, 'y' FROM generate_series(1, 20) g;
    INSERT INTO p SELECT g % 4, g, g FROM generate_series(1, 20) g;
    INSERT INTO up SELECT generate_series(1, 5);
    INSERT INTO down SELECT g, g FROM generate_series(1, 5) g;
    TRUNCATE log;
)sql";

/// Statements of every shape that may meet; @ stands for a small number.
const QStringList shapes {
    u"UPDATE a SET v = v + @ WHERE id % 5 = @"_s,
    u"UPDATE a SET id = id + 100 WHERE id = @"_s,
    u"UPDATE a SET t = t WHERE id < @"_s,
    u"DELETE FROM a WHERE id = @"_s,
    u"INSERT INTO a VALUES (@ + 50, @, 'new') ON CONFLICT (id) DO UPDATE SET v = excluded.v + 1"_s,
    u"DELETE FROM b WHERE id = @ RETURNING id"_s,
    u"UPDATE b SET j = jsonb_build_object('n', @) WHERE id BETWEEN @ AND @ + 3"_s,
    u"INSERT INTO b (id, a) SELECT @, min(id) FROM a ON CONFLICT DO NOTHING"_s,
    u"UPDATE c SET b = (SELECT min(id) FROM b) WHERE id = @"_s,
    u"INSERT INTO bag VALUES (@ % 4, 'y'), (@, 'z')"_s,
    u"DELETE FROM bag WHERE ctid = (SELECT min(ctid) FROM bag WHERE x = @ % 4)"_s,
    u"UPDATE bag SET y = y || '@' WHERE x = @ % 4"_s,
    u"UPDATE p SET k = @ % 4 WHERE id = @"_s,
    u"UPDATE p SET v = @ WHERE k = @ % 4"_s,
    u"INSERT INTO p VALUES (@ % 4, @ + 40, 1) ON CONFLICT DO NOTHING"_s,
    u"DELETE FROM p WHERE id = @"_s,
    u"UPDATE up SET x = x + 1 WHERE x < @"_s,
    u"DELETE FROM down WHERE z = @"_s,
    u"SELECT * FROM a WHERE id < @ FOR KEY SHARE"_s,
    u"SELECT * FROM b WHERE id < @ FOR UPDATE"_s,
    u"DO $$ BEGIN UPDATE a SET v = -1 WHERE id = @; BEGIN DELETE FROM bag; PERFORM 1/0; EXCEPTION WHEN OTHERS THEN"
    " UPDATE bag SET x = x + 10 WHERE x = @ % 4; END; END $$"_s,
    u"MERGE INTO a USING (SELECT @ AS id) n ON n.id = a.id WHEN MATCHED AND a.v > 5 THEN DELETE"
    " WHEN MATCHED THEN UPDATE SET v = 99 WHEN NOT MATCHED THEN INSERT VALUES (n.id, 0, 'm')"_s,
    u"WITH gone AS (DELETE FROM c WHERE id = @ RETURNING id) INSERT INTO log SELECT 'c' || id FROM gone"_s,
    u"TRUNCATE c"_s,
    u"TRUNCATE bag"_s,
    u"ALTER TABLE c ALTER id TYPE bigint"_s,
};

/// "table row" for each row, sorted; rows of partitions under their root.
QStringList dumpOf(const TestPostgres& database)
{
    QStringList lines;
    for (const char* table : { "log", "a", "b", "c", "bag", "p", "up", "down" }) {
        const QByteArray only = table == "p"_ba ? "" : "ONLY ";
        for (const TextRow& row : database.query("SELECT dumped::text FROM " + only + table + " dumped"))
            lines.append(QString::fromUtf8(table) + u' ' + row.at(0));
    }
    lines.sort();
    return lines;
}

/// The server's own text of a whole row, as in dumpOf().
QString rowAsText(PostgresConnection& other, const TableEffects& table, const Row& row)
{
    QByteArrayList places;
    for (int i = 0; i < row.size(); ++i)
        places.append("$" + QByteArray::number(i + 1) + "::text");
    const auto text = other.query({ "SELECT ROW(" + places.join(", ") + ")::text", row });
    return table.name.table + u' ' + (text ? text->rows.at(0).at(0).display() : text.error().message);
}

} // namespace

/// Batches at random, compared with a dump before and after that knows nothing of the capture; what is looked up and
/// what is scanned must be the same.
class TestPostgresCaptureRandom : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void equalsTheDump();
};

void TestPostgresCaptureRandom::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresCaptureRandom::equalsTheDump()
{
    bool given = false;
    quint32 seed = qEnvironmentVariable("HOLDPOINT_TEST_SEED").toUInt(&given);
    if (!given)
        seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed); // HOLDPOINT_TEST_SEED repeats it
    QRandomGenerator random(seed);
    const int batches = qEnvironmentVariable("HOLDPOINT_TEST_BATCHES", u"25"_s).toInt();
    const TestPostgres database(world);
    const auto connection = connectTo(database);
    const auto printer = connectTo(database);
    int rows = 0;
    QMap<QString, int> ways;
    for (int batch = 0; batch < batches; ++batch) {
        QStringList statements;
        for (int i = random.bounded(1, 9); i > 0; --i) {
            QString text = shapes.at(random.bounded(int(shapes.size())));
            while (text.contains(u'@'))
                text.replace(text.indexOf(u'@'), 1, QString::number(random.bounded(1, 25)));
            statements.append(text);
        }
        const QByteArray said = "batch " + QByteArray::number(batch) + " of seed " + QByteArray::number(seed) + ":\n"
            + statements.join(u";\n"_s).toUtf8();
        QStringList before = dumpOf(database);
        PostgresCapturing preview(*connection);
        const TargetEffects previewed = preview.runAll(statements);
        QCOMPARE(dumpOf(database), before);
        PostgresCapturing full(*connection, Verification::Fully);
        const TargetEffects scanned = full.runAll(statements);
        QVERIFY2(effectsText(previewed) == effectsText(scanned),
                 said + "\nlooked up:\n" + effectsText(previewed).join(u'\n').toUtf8() + "\nscanned:\n"
                     + effectsText(scanned).join(u'\n').toUtf8());
        for (const TableEffects& table : previewed.tables)
            ++ways[captureWayName(table.way)];
        if (!preview.errors().isEmpty())
            continue; // a duplicate key
        PostgresCapturing apply(*connection);
        const TargetEffects effects = apply.runAll(statements, PostgresCapturing::End::Commit);
        QVERIFY2(apply.errors().isEmpty(), said + "\n" + apply.errors().value(0).text().toUtf8());
        QCOMPARE(effectsText(effects), effectsText(previewed));
        for (const TableEffects& table : effects.tables) {
            QVERIFY2(table.complete, said + "\n" + table.incompleteReason.toUtf8());
            rows += int(table.rows.size());
            for (const RowChange& row : table.rows) {
                if (!row.before.isEmpty())
                    QVERIFY2(before.removeOne(rowAsText(*printer, table, row.before)),
                             said + "\ncaptured:\n" + effectsText(effects).join(u'\n').toUtf8()
                                 + "\nnot there before: " + rowAsText(*printer, table, row.before).toUtf8());
            }
            for (const RowChange& row : table.rows) {
                if (!row.after.isEmpty())
                    before.append(rowAsText(*printer, table, row.after));
            }
        }
        before.sort();
        const QStringList after = dumpOf(database);
        QVERIFY2(after == before,
                 said + "\ncaptured:\n" + effectsText(effects).join(u'\n').toUtf8() + "\nbut:\n"
                     + after.join(u'\n').toUtf8());
    }
    qInfo("%d rows changed; %d tables looked up, %d scanned", rows, ways.value(u"looked-up"_s),
          ways.value(u"scanned"_s));
    QVERIFY(rows > 0);
    QVERIFY(ways.value(u"looked-up"_s) > 0);
}

QTEST_GUILESS_MAIN(TestPostgresCaptureRandom)
#include "tst_postgrescapturerandom.moc"
