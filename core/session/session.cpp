// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session.h"

#include <QThreadPool>

using namespace Qt::StringLiterals;

namespace holdpoint {

Session::Session(Target target)
    : m_target(std::move(target))
    , m_worker(new QObject)
{
    m_thread.setObjectName("session "_L1 + m_target.name);
    m_worker->moveToThread(&m_thread);
    m_thread.start();
}

Session::~Session()
{
    QMetaObject::invokeMethod(m_worker, [this] {
        m_connection.reset();
        m_worker->deleteLater();
        m_thread.quit();
    });
    m_thread.wait();
}

QFuture<Result<std::shared_ptr<Session>>> Session::open(const Target& target, const ConnectionOptions& options,
                                                        std::shared_ptr<SecretSource> secrets)
{
    using Opened = Result<std::shared_ptr<Session>>;
    auto promise = std::make_shared<QPromise<Opened>>();
    QFuture<Opened> future = promise->future();
    promise->start();
    // The last owner may be the session's own thread (nobody kept the future), which cannot join itself.
    const std::shared_ptr<Session> session(new Session(target), [](Session* last) {
        if (QThread::currentThread() == &last->m_thread)
            QThreadPool::globalInstance()->start([last] { delete last; });
        else
            delete last;
    });
    QMetaObject::invokeMethod(session->m_worker, [session, target, options, secrets, promise] {
        auto connection = openConnection(target, options, secrets);
        if (connection) {
            session->m_connection = std::move(connection).value();
            promise->addResult(Opened(session));
        } else {
            promise->addResult(Opened(connection.error()));
        }
        promise->finish();
    });
    return future;
}

void Session::post(std::function<void(Connection&)> work)
{
    QMetaObject::invokeMethod(m_worker, [this, work = std::move(work)] { work(*m_connection); });
}

} // namespace holdpoint
