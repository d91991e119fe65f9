// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"

#include <QFuture>
#include <QPromise>

#include <concepts>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>

namespace holdpoint {

/// One connection, one thread, one queue: an actor. A functor goes in and runs on the connection in
/// the session's thread; a QFuture<Result<T>> comes out. Only values should cross.
/// Any thread may call run(); functors run one at a time, in order. The destructor cancels nothing:
/// it waits for what was posted, then closes the connection in its own thread. No event loop has a
/// part in it: a session works and ends also while, or after, the QCoreApplication ends (when
/// Qt 6.4's QFuture can no longer be waited for).
class Session
{
public:
    using Opened = Result<std::shared_ptr<Session>>;
    /// Connects in the new session's thread, and calls `opened` there.
    static void open(const Target& target, const ConnectionOptions& options, std::shared_ptr<SecretSource> secrets,
                     std::function<void(const Opened&)> opened);

    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// `work` is called as Result<T>(Connection &); at once if this is the session's own thread.
    template <typename F>
    requires std::invocable<F, Connection&>
    [[nodiscard]] auto run(F work) -> QFuture<std::invoke_result_t<F, Connection&>>
    {
        using R = std::invoke_result_t<F, Connection&>;
        auto promise = std::make_shared<QPromise<R>>();
        promise->start(); // a future that has not started has no result to take
        QFuture<R> future = promise->future();
        if (isHere()) {
            promise->addResult(work(*m_connection));
            promise->finish();
            return future;
        }
        post([this, promise, work = std::make_shared<F>(std::move(work))] {
            promise->addResult((*work)(*m_connection));
            promise->finish();
        });
        return future;
    }

    [[nodiscard]] const Target& target() const { return m_target; }

    /// See Connection::isQuiet(); only while nothing is posted.
    [[nodiscard]] bool isQuiet() const { return m_connection->isQuiet(); }
    [[nodiscard]] bool isReplaced() const { return m_connection->isReplaced(); }

private:
    explicit Session(Target target);
    static void release(Session* last);
    [[nodiscard]] bool isHere() const { return std::this_thread::get_id() == m_thread.get_id(); }
    void post(std::function<void()> work);
    void serve();

    Target m_target;
    std::unique_ptr<Connection> m_connection; // made, used and destroyed in m_thread only
    std::mutex m_mutex;
    std::condition_variable m_posted;
    std::deque<std::function<void()>> m_queue; // guarded by m_mutex
    bool m_closing = false; // guarded by m_mutex
    std::thread m_thread;
};

} // namespace holdpoint
