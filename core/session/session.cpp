// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session.h"

#include <QSqlDatabase>

#include <pthread.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Sessions that are ended elsewhere than where their last owner was; the program's end waits for them. Not by Qt's
// thread pool: it is gone with the QCoreApplication, whose end would also be its users' end.
class Endings
{
public:
    static Endings& instance()
    {
        static Endings endings;
        return endings;
    }
    void end(Session* session)
    {
        {
            const std::lock_guard lock(m_mutex);
            ++m_running;
        }
        std::thread([this, session] {
            delete session;
            const std::lock_guard lock(m_mutex);
            --m_running;
            m_ended.notify_all();
        }).detach();
    }

    Endings(const Endings&) = delete;
    Endings& operator=(const Endings&) = delete;

private:
    Endings() { QSqlDatabase::connectionNames(); } // what this makes is destroyed after this
    ~Endings()
    {
        std::unique_lock lock(m_mutex);
        m_ended.wait(lock, [this] { return m_running == 0; });
    }

    std::mutex m_mutex;
    std::condition_variable m_ended;
    int m_running = 0;
};

} // namespace

Session::Session(Target target)
    : m_target(std::move(target))
    , m_thread([this] { serve(); })
{
}

Session::~Session()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_posted.notify_one();
    m_thread.join();
}

// The last owner may be the session's own thread (nobody kept the future), which cannot join itself.
void Session::release(Session* last)
{
    if (last->isHere())
        Endings::instance().end(last);
    else
        delete last;
}

void Session::open(const Target& target, const ConnectionOptions& options, std::shared_ptr<SecretSource> secrets,
                   std::function<void(const Opened&)> opened)
{
    static_cast<void>(Endings::instance()); // made before what it waits for
    const std::shared_ptr<Session> session(new Session(target), release);
    session->post([session, target, options, secrets = std::move(secrets), opened = std::move(opened)] {
        auto connection = openConnection(target, options, secrets);
        if (connection)
            session->m_connection = std::move(connection).value();
        opened(connection ? Opened(session) : Opened(connection.error()));
    });
}

void Session::post(std::function<void()> work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(work));
    }
    m_posted.notify_one();
}

void Session::serve()
{
    constexpr qsizetype longest = 15; // bytes of a thread's name, as debuggers show it
    pthread_setname_np(pthread_self(), ("session " + m_target.name.toUtf8()).left(longest).constData());
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_posted.wait(lock, [this] { return !m_queue.empty() || m_closing; });
        if (m_queue.empty())
            break;
        auto work = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        work();
        work = nullptr; // it may own the last reference, or what takes long to destroy
        lock.lock();
    }
    lock.unlock();
    m_connection.reset();
}

} // namespace holdpoint
