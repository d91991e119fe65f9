// SPDX-License-Identifier: GPL-3.0-or-later
// The journal's file: several processes on it, processes that die, damage from outside.
#include "support/journalruns.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <iostream>

using namespace holdpoint;

namespace {

/// The part of this program that dies: runs the journal up to a step, says so and is killed.
[[noreturn]] void dieAfter(const QString& path, const QString& step)
{
    const JournalPtr journal = openJournal(path);
    Run run = newRun();
    const Batch batch = exampleBatch();
    bool ok = journal->intent(run, batch).takeResult().ok();
    if (step == "committing"_L1 || step == "outcome"_L1) {
        run = withEffects(run);
        ok = ok && journal->committing(run).takeResult().ok();
    }
    if (step == "outcome"_L1)
        ok = ok && journal->outcome(ended(run, Outcome::Committed)).takeResult().ok();
    std::cout << (ok ? run.id.toStdString() : std::string("failed")) << std::endl;
    if (step == "wait"_L1)
        std::cin.get();
    std::raise(SIGKILL);
    std::abort();
}

/// Another process on the journal; `run` is the run that it began.
class OtherProcess
{
public:
    OtherProcess(const QString& journal, const QString& step)
    {
        m_process.start(QCoreApplication::applicationFilePath(), { u"--die-after"_s, step, journal });
        if (m_process.waitForReadyRead(20000))
            m_run = QString::fromLatin1(m_process.readLine().trimmed());
    }
    ~OtherProcess() { kill(); }
    Q_DISABLE_COPY_MOVE(OtherProcess)

    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    [[nodiscard]] bool diesBySignal()
    {
        return m_process.waitForFinished() && m_process.exitStatus() == QProcess::CrashExit;
    }
    [[nodiscard]] const QString& run() const { return m_run; }

private:
    QProcess m_process;
    QString m_run;
};

/// Files of this process cannot grow past a size while it lives.
class FullDisk
{
public:
    explicit FullDisk(qint64 bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = static_cast<rlim_t>(bytes);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &m_before); }
    Q_DISABLE_COPY_MOVE(FullDisk)

private:
    rlimit m_before {};
};

} // namespace

class TestJournalFile : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_folder = std::make_unique<QTemporaryDir>();
    }
    void makesFolderAndPrivateFile();
    void rowsAreFinal_data();
    void rowsAreFinal();
    void twoJournalsOnOneFile();
    void runUnderWayIsAlive();
    void killedProcess_data();
    void killedProcess();
    void otherProcessIsAliveUntilKilled();
    void unusableFile_data();
    void unusableFile();
    void damagedRecord_data();
    void damagedRecord();
    void lockedFile();
    void fullDisk();
    void folderThatCannotBeMade();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(u"data/journal.db"_s); }
    void execute(const QByteArray& sql) const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

/// By the plain C API, from outside.
void TestJournalFile::execute(const QByteArray& sql) const
{
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(path().toUtf8().constData(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, sql.constData(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
}

void TestJournalFile::makesFolderAndPrivateFile()
{
    const JournalPtr journal = openJournal(path());
    QVERIFY(journal);
    writeRun(*journal);
    for (const auto& name : { path(), path() + "-wal"_L1 }) {
        struct stat info
        {
        };
        QCOMPARE(stat(name.toUtf8().constData(), &info), 0);
        QCOMPARE(info.st_mode & 0777, 0600U);
    }
    struct stat folder
    {
    };
    QCOMPARE(stat(m_folder->filePath(u"data"_s).toUtf8().constData(), &folder), 0);
    QCOMPARE(folder.st_mode & 0777, 0700U);
}

void TestJournalFile::rowsAreFinal_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::newRow("runs") << "UPDATE runs SET record = '{}'"_ba;
    QTest::newRow("commits") << "UPDATE commits SET record = '{}'"_ba;
    QTest::newRow("outcomes") << "UPDATE outcomes SET outcome = 'committed'"_ba;
}

void TestJournalFile::rowsAreFinal()
{
    QFETCH(QByteArray, sql);
    writeRun(*openJournal(path()));
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(path().toUtf8().constData(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, sql.constData(), nullptr, nullptr, nullptr), SQLITE_CONSTRAINT);
    sqlite3_close(handle);
}

void TestJournalFile::twoJournalsOnOneFile()
{
    const JournalPtr first = openJournal(path());
    const JournalPtr second = openJournal(path());
    QList<QFuture<Result<void>>> written;
    for (int i = 0; i < 20; ++i)
        written.append((i % 2 ? first : second)->outcome(ended(newRun(RunKind::Preview), Outcome::Ready)));
    for (auto& each : written)
        QVERIFY(each.takeResult().ok());
    QCOMPARE(first->runs({}).takeResult().value().size(), 20);
    for (const JournalPtr& each : { first, second })
        QVERIFY(each->enqueue(exampleBatch(), withEffects(newRun(RunKind::Preview))).takeResult().ok());
    QCOMPARE(first->queue().takeResult().value().value(1).position, 2);
}

void TestJournalFile::runUnderWayIsAlive()
{
    const JournalPtr journal = openJournal(path());
    Run run = newRun();
    QVERIFY(journal->intent(run, exampleBatch()).takeResult().ok());
    const JournalPtr other = openJournal(path());
    for (const JournalPtr& each : { journal, other }) {
        const auto unsettled = each->unsettled().takeResult().value();
        QCOMPARE(unsettled.size(), 1);
        QVERIFY(unsettled.first().alive);
        QVERIFY(!unsettled.first().commitSent);
        QCOMPARE(unsettled.first().targets, QList<Target> { shop() });
        const Run shown = each->runs({}).takeResult().value().value(0);
        QCOMPARE(shown.outcome, Outcome::InDoubt);
        QCOMPARE(shown.cause, u"running"_s);
    }
    QVERIFY(journal->outcome(ended(run, Outcome::RolledBack)).takeResult().ok());
    QCOMPARE(other->unsettled().takeResult().value().size(), 0);
}

void TestJournalFile::killedProcess_data()
{
    QTest::addColumn<QString>("step");
    QTest::addColumn<int>("unsettled");
    QTest::addColumn<bool>("commitSent");
    QTest::addColumn<Outcome>("shown");
    QTest::newRow("after the intent") << u"intent"_s << 1 << false << Outcome::RolledBack;
    QTest::newRow("after committing") << u"committing"_s << 1 << true << Outcome::InDoubt;
    QTest::newRow("after the outcome") << u"outcome"_s << 0 << false << Outcome::Committed;
}

void TestJournalFile::killedProcess()
{
    QFETCH(QString, step);
    QFETCH(int, unsettled);
    QFETCH(bool, commitSent);
    QFETCH(Outcome, shown);
    OtherProcess killed(path(), step);
    QCOMPARE(killed.run().size(), 26);
    QVERIFY(killed.diesBySignal());

    const JournalPtr journal = openJournal(path());
    const Run head = journal->runs({}).takeResult().value().value(0);
    QCOMPARE(head.id, killed.run());
    QCOMPARE(head.outcome, shown);
    QCOMPARE(head.targets.value(0).outcome, shown);
    QCOMPARE(head.cause, unsettled ? u"crashed"_s : QString());
    const auto found = journal->unsettled().takeResult().value();
    QCOMPARE(found.size(), unsettled);
    if (unsettled == 0)
        return;
    QCOMPARE(found.first().run.id, killed.run());
    QCOMPARE(found.first().commitSent, commitSent);
    QVERIFY(!found.first().alive);
    QCOMPARE(found.first().targets, QList<Target> { shop() });
    QCOMPARE(found.first().run.targets.value(0).evidence.value("counter"_L1).toInt(), commitSent ? 7 : 0);
    QVERIFY(found.first().run.effects == (commitSent ? exampleEffects(6) : QList<TargetEffects>()));
    QVERIFY(journal->batchOf(killed.run()).takeResult().value() == exampleBatch());

    // Settled later, by this process.
    const Run settled = ended(found.first().run, Outcome::RolledBack);
    QVERIFY(journal->outcome(settled).takeResult().ok());
    QCOMPARE(journal->unsettled().takeResult().value().size(), 0);
    QVERIFY(journal->run(killed.run()).takeResult().value() == settled);
}

void TestJournalFile::otherProcessIsAliveUntilKilled()
{
    const JournalPtr journal = openJournal(path());
    OtherProcess other(path(), u"wait"_s);
    QCOMPARE(other.run().size(), 26);
    QVERIFY(journal->unsettled().takeResult().value().value(0).alive);
    QVERIFY(openJournal(path())->unsettled().takeResult().value().value(0).alive);
    other.kill();
    QVERIFY(!journal->unsettled().takeResult().value().value(0).alive);
}

void TestJournalFile::unusableFile_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a text") << "This is no database, whatever it is called.\n"_ba.repeated(50) << QByteArray()
                            << u"not a database"_s;
    QTest::newRow("another database") << QByteArray() << "CREATE TABLE orders(id)"_ba << u"not a journal"_s;
    QTest::newRow("a newer journal") << QByteArray() << "PRAGMA application_id=1215063152; PRAGMA user_version=3"_ba
                                     << u"newer Holdpoint (format 3"_s;
    QTest::newRow("an older journal") << QByteArray() << "PRAGMA application_id=1215063152; PRAGMA user_version=1"_ba
                                      << u"older Holdpoint (format 1"_s;
    QTest::newRow("a database with a version") << QByteArray() << "PRAGMA user_version=1"_ba << u"not a journal"_s;
}

void TestJournalFile::unusableFile()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, sql);
    QFETCH(QString, expected);
    QVERIFY(QDir().mkpath(m_folder->filePath(u"data"_s)));
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    if (!sql.isEmpty())
        execute(sql);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    file.close();

    const auto journal = Journal::open(path()).takeResult();
    QVERIFY(!journal.ok());
    QCOMPARE(journal.error().kind, ErrorKind::File);
    QVERIFY2(journal.error().message.contains(expected), qPrintable(journal.error().text()));
    QVERIFY(journal.error().message.contains(path()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll() == before);
}

void TestJournalFile::damagedRecord_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::newRow("effects") << "UPDATE commits SET effects = x'00'"_ba;
    QTest::newRow("commands") << "UPDATE outcomes SET commands = x'0000000178'"_ba;
    QTest::newRow("record") << "UPDATE outcomes SET record = substr(record, 1, 40)"_ba;
}

void TestJournalFile::damagedRecord()
{
    QFETCH(QByteArray, sql);
    const Run run = writeRun(*openJournal(path()));
    execute("DROP TRIGGER commits_are_final; DROP TRIGGER outcomes_are_final; " + sql);
    const auto read = openJournal(path())->run(run.id).takeResult();
    QVERIFY(!read.ok());
    QCOMPARE(read.error().kind, ErrorKind::File);
    QVERIFY2(read.error().message.contains("damaged"_L1), qPrintable(read.error().message));
}

void TestJournalFile::lockedFile()
{
    const JournalPtr journal = openJournal(path());
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(path().toUtf8().constData(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    QVERIFY(journal->runs({}).takeResult().ok());
    const auto written = journal->outcome(ended(newRun(RunKind::Preview), Outcome::Ready)).takeResult();
    QVERIFY(!written.ok());
    QCOMPARE(written.error().kind, ErrorKind::File);
    QVERIFY2(written.error().text().contains("Another program keeps it locked"_L1), qPrintable(written.error().text()));
    sqlite3_close(handle);
    writeRun(*journal);
}

void TestJournalFile::fullDisk()
{
    const JournalPtr journal = openJournal(path());
    writeRun(*journal);
    Run run = newRun();
    {
        const FullDisk full(100);
        const auto written = journal->intent(run, exampleBatch()).takeResult();
        QVERIFY(!written.ok());
        QCOMPARE(written.error().kind, ErrorKind::File);
        QVERIFY(written.error().message.contains(path()));
    }
    // Nothing of it is left, and the journal goes on.
    QCOMPARE(journal->runs({}).takeResult().value().size(), 1);
    QCOMPARE(journal->unsettled().takeResult().value().size(), 0);
    writeRun(*journal, Outcome::Committed, run);
    QCOMPARE(journal->runs({}).takeResult().value().size(), 2);
}

void TestJournalFile::folderThatCannotBeMade()
{
    const QString below = m_folder->filePath(u"file"_s);
    QFile file(below);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto journal = Journal::open(below + u"/journal.db"_s).takeResult();
    QVERIFY(!journal.ok());
    QCOMPARE(journal.error().kind, ErrorKind::File);
    QVERIFY(journal.error().message.contains("folder cannot be made"_L1));
    const auto folder = Journal::open(m_folder->path()).takeResult();
    QVERIFY(!folder.ok());
    QCOMPARE(folder.error().kind, ErrorKind::File);
}

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == "--die-after"_L1)
        dieAfter(arguments.value(3), arguments.value(2));
    TestJournalFile test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_journalfile.moc"
