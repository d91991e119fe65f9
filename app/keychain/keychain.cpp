// SPDX-License-Identifier: GPL-3.0-or-later
#include "keychain/keychain.h"

#include "session/givensecrets.h"

#include <QFileInfo>
#include <QPromise>

#include <future>

#include <qt6keychain/keychain.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace holdpoint {

namespace {

using Password = Result<std::optional<QString>>;

const QString service = u"holdpoint"_s;
constexpr auto patience = 30s;

Error unavailable(const QString& why)
{
    return makeError(ErrorKind::Unreachable, u"the keychain could not be asked: %1"_s.arg(why));
}

// Without a bus the backends wait for one, or try to start it.
bool hasSessionBus()
{
#ifdef Q_OS_LINUX
    return !qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + "/bus"_L1);
#else
    return true;
#endif
}

Password answerOf(const QKeychain::ReadPasswordJob& job)
{
    switch (job.error()) {
    case QKeychain::NoError: return std::optional(job.textData());
    case QKeychain::EntryNotFound: return std::optional<QString>();
    default: return unavailable(job.errorString());
    }
}

} // namespace

Keychain::Keychain()
    : m_worker(new QObject)
{
    m_thread.setObjectName(u"keychain"_s);
    m_worker->moveToThread(&m_thread);
    m_thread.start();
}

Keychain::~Keychain()
{
    m_worker->deleteLater();
    m_thread.quit();
    m_thread.wait();
}

Password Keychain::password(const Target& target)
{
    if (!hasSessionBus())
        return unavailable(u"there is no desktop session (no D-Bus session bus)"_s);
    const auto promise = std::make_shared<std::promise<Password>>();
    std::future<Password> answer = promise->get_future();
    QMetaObject::invokeMethod(m_worker, [promise, key = passwordKey(target)] {
        auto* job = new QKeychain::ReadPasswordJob(service); // deletes itself when it has finished
        job->setKey(key);
        QObject::connect(job, &QKeychain::Job::finished, job, [promise, job] { promise->set_value(answerOf(*job)); });
        job->start();
    });
    if (answer.wait_for(patience) != std::future_status::ready)
        return unavailable(u"it did not answer in time; is it locked?"_s);
    return answer.get();
}

QFuture<Result<void>> Keychain::keep(const Target& target, const QString& password)
{
    const auto promise = std::make_shared<QPromise<Result<void>>>();
    promise->start();
    QFuture<Result<void>> future = promise->future();
    const auto finish = [promise](const Result<void>& result) {
        promise->addResult(result);
        promise->finish();
    };
    if (!hasSessionBus()) {
        finish(unavailable(u"there is no desktop session (no D-Bus session bus)"_s));
        return future;
    }
    QMetaObject::invokeMethod(m_worker, [finish, key = passwordKey(target), password] {
        auto* job = new QKeychain::WritePasswordJob(service);
        job->setKey(key);
        job->setTextData(password);
        QObject::connect(job, &QKeychain::Job::finished, job, [finish, job] {
            finish(job->error() == QKeychain::NoError ? Result<void>() : unavailable(job->errorString()));
        });
        job->start();
    });
    return future;
}

} // namespace holdpoint
