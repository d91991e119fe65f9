// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/connection.h"
#include "support/engines.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QUrl>

#include <csignal>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

QString json(const QString& text)
{
    QString escaped = text;
    return u'"' + escaped.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
}

/// A batch of SQL statements, each on the target before it.
QByteArray batchText(const QList<std::pair<QString, QString>>& targets, const QList<std::pair<QString, QString>>& sql)
{
    QStringList targetTexts;
    for (const auto& [name, uri] : targets)
        targetTexts.append(json(name) + ": "_L1 + json(uri));
    QStringList commands;
    for (const auto& [target, text] : sql)
        commands.append(uR"({ "op": "sql", "target": %1, "text": %2 })"_s.arg(json(target), json(text)));
    return uR"({ "format": "holdpoint-batch/1", "title": "t", "targets": { %1 }, "commands": [ %2 ] })"_s
        .arg(targetTexts.join(u", "_s), commands.join(u", "_s))
        .toUtf8();
}

QByteArray pidOf(Connection& connection)
{
    const auto pid = connection.query({ "SELECT pg_backend_pid()", {} });
    return pid ? pid->rows.first().first().display().toUtf8() : "0"_ba;
}

QByteArray bigTable(EngineKind engine)
{
    return engine == EngineKind::SQLite
        ? "CREATE TABLE big (id INTEGER PRIMARY KEY, v INTEGER); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + "
          "1"
          " FROM n WHERE i < 20000) INSERT INTO big SELECT i, 0 FROM n;"
        : "CREATE TABLE big (id int PRIMARY KEY, v int); INSERT INTO big SELECT i, 0 FROM generate_series(1, 20000) i;";
}

} // namespace

/// The command line's process is interrupted or killed at any moment: nothing of it stays behind in the database.
class TestCliSignals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void interrupted_data();
    void interrupted();
    void killed_data();
    void killed();

private:
    void start(QProcess& process, const QStringList& arguments) const;
    [[nodiscard]] QString write(const QByteArray& batch) const;

    QTemporaryDir m_folder;
    QRandomGenerator m_random;
    int m_times = 6;
};

void TestCliSignals::initTestCase()
{
    const quint32 seed = qEnvironmentVariableIsSet("HOLDPOINT_TEST_SEED")
        ? qEnvironmentVariable("HOLDPOINT_TEST_SEED").toUInt()
        : QRandomGenerator::global()->generate();
    if (qEnvironmentVariableIsSet("HOLDPOINT_TEST_BATCHES"))
        m_times = qEnvironmentVariableIntValue("HOLDPOINT_TEST_BATCHES");
    qInfo("HOLDPOINT_TEST_SEED=%u HOLDPOINT_TEST_BATCHES=%d", seed, m_times);
    m_random.seed(seed);
}

void TestCliSignals::start(QProcess& process, const QStringList& arguments) const
{
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(HOLDPOINT_CLI),
                  arguments
                      + QStringList { u"--journal"_s, m_folder.filePath(u"j.db"_s), u"--statement-timeout"_s, u"0"_s,
                                      u"--lock-timeout"_s, u"0"_s });
    QVERIFY(process.waitForStarted());
}

QString TestCliSignals::write(const QByteArray& batch) const
{
    QFile file(m_folder.filePath(u"b.holdpoint"_s));
    if (!file.open(QIODevice::WriteOnly) || file.write(batch) != batch.size())
        qFatal("%s", qPrintable(file.errorString()));
    return file.fileName();
}

void TestCliSignals::interrupted_data()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QString>("verb");
    QTest::newRow("preview, SQLite") << EngineKind::SQLite << u"preview"_s;
    QTest::newRow("apply, SQLite") << EngineKind::SQLite << u"apply"_s;
    if (!TestPostgres::available())
        return qInfo("PostgreSQL is left out: %s", TestPostgres::whyNot());
    QTest::newRow("preview, PostgreSQL") << EngineKind::PostgreSQL << u"preview"_s;
    QTest::newRow("apply, PostgreSQL") << EngineKind::PostgreSQL << u"apply"_s;
}

void TestCliSignals::interrupted()
{
    QFETCH(EngineKind, engine);
    QFETCH(QString, verb);
    const TestDatabase database(engine, bigTable(engine));
    const QString file
        = write(batchText({ { u"shop"_s, database.uri() } }, { { u"shop"_s, u"UPDATE big SET v = v + 1"_s } }));
    QElapsedTimer timer;
    timer.start();
    QProcess whole;
    start(whole, { u"preview"_s, file, u"--json"_s, u"--max-rows"_s, u"1"_s });
    QVERIFY(whole.waitForFinished(60000));
    QVERIFY2(whole.exitCode() == 0, whole.readAll().constData());
    const auto milliseconds = static_cast<int>(timer.elapsed());
    int changes = 0;
    int cancelled = 0;
    for (int i = 0; i < m_times; ++i) {
        QProcess process;
        start(process, { verb, file, u"--max-rows"_s, u"0"_s });
        // Before main() has begun to listen, Ctrl-C is the system's affair.
        QTest::qWait(m_random.bounded(60, std::max(61, milliseconds + milliseconds / 4)));
        if (process.state() == QProcess::Running)
            ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY2(process.state() == QProcess::NotRunning || process.waitForFinished(30000),
                 "an interrupted process does not end");
        const QByteArray output = process.readAll();
        if (process.exitStatus() == QProcess::CrashExit) // the signal came before main()
            continue;
        const int code = process.exitCode();
        QVERIFY2(code == 0 || code == 130, (QByteArray::number(code) + '\n' + output).constData());
        QVERIFY2(output.contains("ancelled") == (code == 130), (QByteArray::number(code) + '\n' + output).constData());
        cancelled += code == 130;
        changes += code == 0 && verb == "apply"_L1;
        QCOMPARE(database.scalar("SELECT min(v) || ' ' || max(v) FROM big"), u"%1 %1"_s.arg(changes));
        if (engine == EngineKind::SQLite)
            database.exec("BEGIN IMMEDIATE; ROLLBACK");
    }
    qInfo("%d of %d cancelled", cancelled, m_times);
}

void TestCliSignals::killed_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QByteArray>("until"); // true when the process is where it is to be killed
    const QByteArray ours = "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'holdpoint'"
                            " AND datname = current_database() AND ";
    QTest::newRow("in a long statement") << u"SELECT pg_sleep(600)"_s
                                         << ours + "state = 'active' AND query LIKE 'SELECT pg_sleep%'";
    QTest::newRow("waiting for a lock") << u"UPDATE locked SET v = 1"_s << ours + "wait_event_type = 'Lock'";
    QTest::newRow("while deferred constraints are checked")
        << u"INSERT INTO late VALUES (1)"_s << ours + "state = 'active' AND query LIKE 'SET CONSTRAINTS%'";
    QTest::newRow("while the effects are read") << u"UPDATE large SET v = v + 1"_s
                                                << ours
            + "state = 'active' AND xact_start IS NOT NULL AND query NOT LIKE 'UPDATE%'"
              " AND EXISTS (SELECT FROM pg_locks WHERE relation = 'large'::regclass AND mode = 'RowExclusiveLock')";
    QTest::newRow("idle in a transaction") << u"idle"_s << ours + "state = 'active' AND query LIKE 'SELECT pg_sleep%'";
}

/// With kill -9: the server notices it by itself, in statements too.
void TestCliSignals::killed()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    QFETCH(QString, statement);
    QFETCH(QByteArray, until);
    const TestDatabase database(EngineKind::PostgreSQL, bigTable(EngineKind::PostgreSQL) + R"(
        CREATE TABLE locked (v int); INSERT INTO locked VALUES (0); CREATE TABLE late (i int);
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION slow();)");
    const TestDatabase second(EngineKind::PostgreSQL, "CREATE TABLE t (i int)");
    // Without a key, so that what its statement returns is not enough: a second or two to read.
    if (statement.contains("large"_L1))
        database.exec(
            "CREATE TABLE large AS SELECT n AS i, 0 AS v, repeat('x', 100) FROM generate_series(1, 400000) n");

    const bool idle = statement == "idle"_L1;
    const auto holder = openConnection(database.target(u"holder"_s), {}, nullptr);
    QVERIFY(holder.ok());
    QVERIFY((*holder)->begin(TransactionMode::Write).ok());
    QVERIFY((*holder)->query({ "UPDATE locked SET v = 2", {} }).ok());

    QList<std::pair<QString, QString>> targets { { u"shop"_s, database.uri() } };
    QList<std::pair<QString, QString>> commands { { u"shop"_s, statement } };
    if (idle) {
        targets.append({ u"other"_s, second.uri() });
        commands = { { u"other"_s, u"INSERT INTO t VALUES (1)"_s }, { u"shop"_s, u"SELECT pg_sleep(600)"_s } };
    }
    QProcess process;
    start(process, { u"preview"_s, write(batchText(targets, commands)) });
    const auto isThere = [&] { return database.scalar(until) == "t"_L1; };
    QVERIFY2(QTest::qWaitFor(isThere, 20000),
             qPrintable(database.scalar("SELECT string_agg(state || ': ' || query, '; ') FROM pg_stat_activity WHERE "
                                        "application_name = 'holdpoint'")));
    QVERIFY2(process.state() == QProcess::Running, process.readAll().constData());
    process.kill();
    QVERIFY(process.waitForFinished());
    QElapsedTimer timer;
    timer.start();
    const QByteArray left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holdpoint'"
                            " AND datname IN ('"
        + QUrl(database.uri()).path().mid(1).toUtf8() + "', '" + QUrl(second.uri()).path().mid(1).toUtf8()
        + "') AND NOT pid = " + pidOf(**holder);
    QTRY_COMPARE_WITH_TIMEOUT(database.scalar(left), u"0"_s, 5000);
    qInfo("gone %lld ms after the kill", timer.elapsed());
}

QTEST_GUILESS_MAIN(TestCliSignals)
#include "tst_clisignals.moc"
