// SPDX-License-Identifier: GPL-3.0-or-later
// A session that ends while its program does: each test has a QCoreApplication of its own, and lets go of it.
#include "session/session.h"
#include "support/testdatabase.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QPromise>
#include <QSemaphore>
#include <QTest>
#include <QThreadPool>

#include <atomic>

using namespace holdpoint;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_SessionEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void afterTheApplication();
    void byAStartedJobAfterTheApplication();
    void byAStartedJobWithTheApplication();
    void byAJobThatWaitsForItsTurn();

private:
    [[nodiscard]] QFuture<Session::Opened> open() const;
    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] bool closed() const;

    const TestSqlite m_database = TestSqlite("CREATE TABLE t (id INTEGER PRIMARY KEY);");
    int m_argc = 0;
    std::unique_ptr<QCoreApplication> m_application;
};

void tst_SessionEnd::init()
{
    m_application = std::make_unique<QCoreApplication>(m_argc, nullptr);
}

QFuture<Session::Opened> tst_SessionEnd::open() const
{
    const auto promise = std::make_shared<QPromise<Session::Opened>>();
    promise->start();
    Session::open({ u"db"_s, EngineKind::SQLite, m_database.path(), Environment::Development, false }, {}, nullptr,
                  [promise](const Session::Opened& opened) {
                      promise->addResult(opened);
                      promise->finish();
                  });
    return promise->future();
}

// Qt forgets all connections with the application, whether they are closed or not.
bool tst_SessionEnd::isOpen() const
{
    const QFileInfoList openFiles = QDir(u"/proc/self/fd"_s).entryInfoList(QDir::Files | QDir::System);
    return std::ranges::any_of(openFiles,
                               [this](const QFileInfo& each) { return each.symLinkTarget() == m_database.path(); });
}

bool tst_SessionEnd::closed() const
{
    const QDeadlineTimer deadline(20s);
    while (isOpen() && !deadline.hasExpired())
        QThread::msleep(1);
    return !isOpen();
}

void tst_SessionEnd::afterTheApplication()
{
    auto session = open().takeResult().value();
    m_application.reset();
    const auto rows = session->run([](Connection& connection) { return connection.query({ "SELECT 1"_ba, {} }); });
    session.reset();
    QVERIFY(closed());
    QVERIFY(rows.isFinished());
}

void tst_SessionEnd::byAStartedJobAfterTheApplication()
{
    QSemaphore started;
    QSemaphore goOn;
    auto session = open().takeResult().value();
    static_cast<void>(session->run([&, owner = session](Connection& /*connection*/) -> Result<void> {
        started.release();
        goOn.acquire();
        return {};
    }));
    session.reset();
    started.acquire();
    m_application.reset();
    QVERIFY(isOpen());
    goOn.release();
    QVERIFY(closed());
}

// While its end waits for the thread pool, there is no application any more, and Qt delivers no posted call.
void tst_SessionEnd::byAStartedJobWithTheApplication()
{
    QSemaphore goOn;
    auto session = open().takeResult().value();
    static_cast<void>(session->run([&, owner = session](Connection& /*connection*/) -> Result<void> {
        goOn.acquire();
        return {};
    }));
    session.reset();
    QThreadPool::globalInstance()->start([&] {
        while (QCoreApplication::instance())
            QThread::msleep(1);
        goOn.release();
        QVERIFY(closed());
    });
    m_application.reset();
    QVERIFY(closed());
}

void tst_SessionEnd::byAJobThatWaitsForItsTurn()
{
    QSemaphore started;
    QSemaphore goOn;
    std::atomic<bool> cameLast = false;
    auto session = open().takeResult().value();
    static_cast<void>(session->run([&](Connection& /*connection*/) -> Result<void> {
        started.release();
        goOn.acquire();
        return {};
    }));
    static_cast<void>(session->run([&, owner = session](Connection& /*connection*/) -> Result<void> {
        cameLast = true;
        return {};
    }));
    session.reset();
    started.acquire();
    m_application.reset();
    goOn.release();
    QVERIFY(closed());
    QVERIFY(cameLast);
}

QTEST_APPLESS_MAIN(tst_SessionEnd)
#include "tst_sessionend.moc"
