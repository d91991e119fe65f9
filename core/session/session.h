// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QThread>

#include <concepts>
#include <type_traits>

namespace holdpoint {

/// One connection, one thread, one queue: an actor. A functor goes in and runs on the connection in
/// the session's thread; a QFuture<Result<T>> comes out. Only values should cross.
/// Any thread may call run(); functors run one at a time, in order. The destructor cancels nothing:
/// it waits for what was posted, then closes the connection in its own thread.
class Session
{
public:
    /// Connects in the new session's thread. The future waits nowhere but there.
    [[nodiscard]] static QFuture<Result<std::shared_ptr<Session>>> open(const Target& target,
                                                                        const ConnectionOptions& options,
                                                                        std::shared_ptr<SecretSource> secrets);

    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// `work` is called as Result<T>(Connection &).
    template <typename F>
    requires std::invocable<F, Connection&>
    [[nodiscard]] auto run(F work) -> QFuture<std::invoke_result_t<F, Connection&>>
    {
        using R = std::invoke_result_t<F, Connection&>;
        auto promise = std::make_shared<QPromise<R>>();
        promise->start(); // a future that has not started has no result to take
        QFuture<R> future = promise->future();
        post([promise, work = std::make_shared<F>(std::move(work))](Connection& connection) {
            promise->addResult((*work)(connection));
            promise->finish();
        });
        return future;
    }

    [[nodiscard]] const Target& target() const { return m_target; }

    /// See Connection::isQuiet(); only while nothing is posted.
    [[nodiscard]] bool isQuiet() const { return m_connection->isQuiet(); }

private:
    explicit Session(Target target);
    void post(std::function<void(Connection&)> work);

    Target m_target;
    QThread m_thread;
    QObject* m_worker; // lives in m_thread; receives the posted functors
    std::unique_ptr<Connection> m_connection; // made, used and destroyed in m_thread only
};

} // namespace holdpoint
