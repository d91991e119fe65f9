// SPDX-License-Identifier: GPL-3.0-or-later
#include "keychain/keychain.h"

#include "session/givensecrets.h"
#include "support/testdatabase.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

Target target(const QString& uri)
{
    return { u"billing"_s, EngineKind::PostgreSQL, uri, Environment::Development, false };
}

QString text(const Result<std::optional<QString>>& answer)
{
    if (!answer)
        return answer.error().text();
    return answer->value_or(u"(none)"_s);
}

} // namespace

/// A private session bus with a private keyring on it. The operator's own are never reached.
class TestKeychain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void withoutBus();
    void busWithoutService();
    void keptAndRead();
    void commandLineReadsIt();

private:
    void startBus();
    [[nodiscard]] bool startKeyring();

    QTemporaryDir m_home;
    QProcess m_bus;
    QProcess m_keyring;
    // One for all: QtKeychain's jobs run in the thread of the first.
    std::optional<Keychain> m_keychain;
};

void TestKeychain::initTestCase()
{
    for (const char* name : { "HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME" })
        qputenv(name, m_home.path().toUtf8());
    qunsetenv("DBUS_SESSION_BUS_ADDRESS");
    qunsetenv("XDG_CURRENT_DESKTOP");
    qunsetenv("DISPLAY");
    m_keychain.emplace();
}

void TestKeychain::cleanupTestCase()
{
    m_keychain.reset();
    for (QProcess* process : { &m_keyring, &m_bus }) {
        process->terminate();
        process->waitForFinished();
    }
}

/// One that starts no services by itself.
void TestKeychain::startBus()
{
    QFile config(m_home.filePath(u"bus.conf"_s));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
        "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
        <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>)");
    config.close();
    m_bus.start(u"dbus-daemon"_s, { u"--config-file"_s, config.fileName(), u"--nofork"_s, u"--print-address"_s });
    QVERIFY(m_bus.waitForReadyRead());
    qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readLine().trimmed());
}

bool TestKeychain::startKeyring()
{
    m_keyring.start(u"gnome-keyring-daemon"_s, { u"--foreground"_s, u"--unlock"_s, u"--components=secrets"_s });
    if (!m_keyring.waitForStarted())
        return false;
    m_keyring.write("keyring's own password");
    m_keyring.closeWriteChannel();
    return QTest::qWaitFor([&] { return text(m_keychain->password(target(u"postgresql://x@y/z"_s))) == "(none)"_L1; },
                           10000);
}

void TestKeychain::withoutBus()
{
    QElapsedTimer time;
    time.start();
    const auto answer = m_keychain->password(target(u"postgresql://ops@db.example/billing"_s));
    QVERIFY2(!answer.ok() && answer.error().text().contains("no desktop session"_L1), qPrintable(text(answer)));
    const auto kept = m_keychain->keep(target(u"postgresql://ops@db.example/billing"_s), u"secret"_s).result();
    QVERIFY(!kept.ok());
    QVERIFY2(time.elapsed() < 1000, "a machine without a desktop must not wait for one");
}

void TestKeychain::busWithoutService()
{
    if (QStandardPaths::findExecutable(u"dbus-daemon"_s).isEmpty())
        QSKIP("dbus-daemon is not installed");
    startBus();
    QElapsedTimer time;
    time.start();
    const auto answer = m_keychain->password(target(u"postgresql://ops@db.example/billing"_s));
    QVERIFY2(!answer.ok() && answer.error().text().startsWith("the keychain could not be asked"_L1),
             qPrintable(text(answer)));
    QVERIFY2(time.elapsed() < 10000, qPrintable(QString::number(time.elapsed())));
}

void TestKeychain::keptAndRead()
{
    if (m_bus.state() != QProcess::Running || QStandardPaths::findExecutable(u"gnome-keyring-daemon"_s).isEmpty())
        QSKIP("gnome-keyring-daemon is not installed: passwords in a real secret service are not tested");
    if (!startKeyring())
        QSKIP("gnome-keyring-daemon does not answer here (libsecret-1-0 may be missing)");
    const Target billing = target(u"postgresql://ops@db.example:5433/billing?sslmode=require"_s);
    QCOMPARE(text(m_keychain->password(billing)), u"(none)"_s);
    const auto kept = m_keychain->keep(billing, u"pass wörd;'\\"_s).result();
    QVERIFY2(kept.ok(), kept.ok() ? "" : qPrintable(kept.error().text()));
    QCOMPARE(text(m_keychain->password(billing)), u"pass wörd;'\\"_s);
    // The same server and user, written another way.
    QCOMPARE(text(m_keychain->password(target(u"postgres://db.example:5433/billing?user=ops"_s))), u"pass wörd;'\\"_s);
    QCOMPARE(text(m_keychain->password(target(u"postgresql://other@db.example:5433/billing"_s))), u"(none)"_s);
    // What was typed into the window wins.
    const std::shared_ptr<Keychain> shared(&*m_keychain, [](Keychain*) {});
    GivenSecrets given(shared);
    QCOMPARE(text(given.password(billing)), u"pass wörd;'\\"_s);
    given.give(billing, u"typed"_s);
    QCOMPARE(text(given.password(billing)), u"typed"_s);
}

void TestKeychain::commandLineReadsIt()
{
    if (m_keyring.state() != QProcess::Running)
        QSKIP("there is no secret service to read from");
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestPostgres database("CREATE TABLE t (i int); GRANT ALL ON t TO holdpoint_pw");
    const QString uri = database.uriAs(u"holdpoint_pw"_s);
    QFile script(m_home.filePath(u"script.sql"_s));
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("INSERT INTO t VALUES (1);");
    script.close();
    QProcess cli;
    cli.setProcessChannelMode(QProcess::MergedChannels);
    const auto preview = [&] {
        cli.start(
            QStringLiteral(HOLDPOINT_CLI),
            { u"preview"_s, script.fileName(), u"--target"_s, uri, u"--journal"_s, m_home.filePath(u"journal.db"_s) });
        return cli.waitForFinished(60000) ? cli.exitCode() : -1;
    };
    QCOMPARE(preview(), 3);
    const QByteArray refusal = cli.readAll();
    QVERIFY2(refusal.contains("no password supplied") && refusal.contains("keychain"), refusal.constData());
    QVERIFY(m_keychain->keep(target(uri), TestPostgres::passwordOfRole()).result().ok());
    QVERIFY2(preview() == 0, cli.readAll().constData());
    QVERIFY(!cli.readAll().contains(TestPostgres::passwordOfRole().toUtf8()));
    QFile journal(m_home.filePath(u"journal.db"_s));
    QVERIFY(journal.open(QIODevice::ReadOnly));
    QVERIFY(!journal.readAll().contains(TestPostgres::passwordOfRole().toUtf8()));
    // A password that the server refuses is told as such.
    QVERIFY(m_keychain->keep(target(uri), u"wrong"_s).result().ok());
    QCOMPARE(preview(), 3);
    QVERIFY2(cli.readAll().contains("password authentication failed"), "refused");
}

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
