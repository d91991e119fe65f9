// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionpool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

using namespace Qt::StringLiterals;

namespace holdpoint {

struct PooledSession
{
    std::shared_ptr<Session> session;
    ConnectionOptions options;
    std::atomic<bool> broken = false;
    std::chrono::steady_clock::time_point returned;
};

namespace {

// A connection that was used a moment ago is only looked at: one that the server has ended since shows it. After a
// longer time something on the way may have forgotten it, which only an answer tells.
bool answers(const PooledSession& pooled)
{
    constexpr auto moment = std::chrono::seconds(5);
    if (pooled.session->isReplaced())
        return false;
    if (std::chrono::steady_clock::now() - pooled.returned < moment && pooled.session->isQuiet())
        return true;
    const Result<Rowset> pong
        = pooled.session->run([](Connection& connection) {
                            return connection.query({ "SELECT 1"_ba, {} });
                        })
              .result();
    return pong.ok();
}

using Opened = Session::Opened;

struct Opening
{
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Opened> opened;
};

// No driver lets go of an attempt to connect: it is left behind, and ends by itself.
Opened openNow(const Target& target, const ConnectionOptions& options, const std::shared_ptr<SecretSource>& secrets,
               const Cancellation& cancellation)
{
    const auto opening = std::make_shared<Opening>();
    const auto registration = cancellation.onCancel([opening] {
        const std::lock_guard lock(opening->mutex);
        opening->changed.notify_all();
    });
    Session::open(target, options, secrets, [opening](const Opened& opened) {
        const std::lock_guard lock(opening->mutex);
        opening->opened = opened;
        opening->changed.notify_all();
    });
    std::unique_lock lock(opening->mutex);
    opening->changed.wait(lock, [&] { return opening->opened || cancellation.isCancelled(); });
    if (opening->opened)
        return *opening->opened;
    return makeError(ErrorKind::Cancelled, u"Cancelled while connecting to %1"_s.arg(target.name));
}

} // namespace

struct SessionPool::State
{
    State(Target target, std::shared_ptr<SecretSource> secrets, WriteExclusivity exclusivity)
        : target(std::move(target))
        , secrets(std::move(secrets))
        , exclusivity(exclusivity)
    {
    }

    const Target target;
    const std::shared_ptr<SecretSource> secrets;
    const WriteExclusivity exclusivity;

    std::mutex mutex;
    std::condition_variable writerReturned;
    bool writerLent = false;
    std::vector<std::shared_ptr<PooledSession>> idle;

    std::shared_ptr<PooledSession> takeIdle(const ConnectionOptions& options)
    {
        const std::lock_guard lock(mutex);
        const auto found = std::ranges::find_if(idle, [&](const auto& each) { return each->options == options; });
        if (found == idle.end())
            return nullptr;
        auto session = *found;
        idle.erase(found);
        return session;
    }

    Result<std::shared_ptr<PooledSession>> connect(ConnectionOptions options, const Cancellation& cancellation)
    {
        if (target.engine != EngineKind::SQLite)
            options.laterClock = false; // means nothing there, and must not keep a session from being lent again
        while (const auto kept = options.ofItsOwn ? nullptr : takeIdle(options)) {
            if (answers(*kept))
                return kept;
        }
        auto opened = openNow(target, options, secrets, cancellation);
        if (!opened)
            return opened.error();
        auto pooled = std::make_shared<PooledSession>();
        pooled->session = *opened;
        pooled->options = options;
        return pooled;
    }

    void giveBack(const std::shared_ptr<PooledSession>& pooled, bool asWriter)
    {
        if (!pooled->broken && !pooled->options.ofItsOwn && target.engine == EngineKind::PostgreSQL) {
            pooled->returned = std::chrono::steady_clock::now();
            const std::lock_guard lock(mutex);
            idle.push_back(pooled);
        } else {
            pooled->session.reset(); // waits for its close, before another writer may come
        }
        if (asWriter)
            releaseWriter();
    }

    void releaseWriter()
    {
        {
            const std::lock_guard lock(mutex);
            writerLent = false;
        }
        writerReturned.notify_all();
    }

    Result<void> reserveWriter(const Cancellation& cancellation)
    {
        const auto registration = cancellation.onCancel([this] {
            const std::lock_guard lock(mutex);
            writerReturned.notify_all();
        });
        std::unique_lock lock(mutex);
        writerReturned.wait(lock, [&] { return !writerLent || cancellation.isCancelled(); });
        if (cancellation.isCancelled())
            return makeError(ErrorKind::Cancelled, u"Cancelled while waiting for the writer of %1"_s.arg(target.name));
        writerLent = exclusivity == WriteExclusivity::One;
        return {};
    }
};

// What a lease holds: the session and the way back.
struct SessionLease::Lent
{
    std::shared_ptr<PooledSession> pooled;
    bool asWriter = false;
    std::function<void(bool asWriter)> giveBack;
    std::function<void()> releaseWriter;
    ~Lent() { giveBack(asWriter); }
};

Session& SessionLease::operator*() const
{
    return *m_lent->pooled->session;
}

Session* SessionLease::operator->() const
{
    return m_lent->pooled->session.get();
}

void SessionLease::discard() const
{
    m_lent->pooled->broken = true;
}

void SessionLease::letOthersWrite() const
{
    if (std::exchange(m_lent->asWriter, false))
        m_lent->releaseWriter();
}

SessionPool::SessionPool(Target target, std::shared_ptr<SecretSource> secrets, WriteExclusivity exclusivity)
    : m_state(std::make_shared<State>(std::move(target), std::move(secrets), exclusivity))
{
}

const Target& SessionPool::target() const
{
    return m_state->target;
}

Result<SessionLease> SessionPool::lend(const ConnectionOptions& options, bool asWriter,
                                       const Cancellation& cancellation) const
{
    auto connected = m_state->connect(options, cancellation);
    if (!connected) {
        if (asWriter)
            m_state->releaseWriter();
        return connected.error();
    }
    const auto pooled = *connected;
    using Lent = SessionLease::Lent;
    auto* lent
        = new Lent { pooled, asWriter, [state = m_state, pooled](bool writes) { state->giveBack(pooled, writes); },
                     [state = m_state] { state->releaseWriter(); } };
    return SessionLease({ lent, [](Lent* ended) { delete ended; } });
}

Result<SessionLease> SessionPool::reader(const ConnectionOptions& options) const
{
    ConnectionOptions readOnly = options;
    readOnly.readOnly = true;
    return lend(readOnly, false, {});
}

Result<SessionLease> SessionPool::writer(const ConnectionOptions& options, const Cancellation& cancellation) const
{
    if (target().readOnly || options.readOnly) {
        return makeError(ErrorKind::Unreachable, u"Target %1 is read-only"_s.arg(target().name), {},
                         u"Change the target's read-only setting if it really is to be written"_s);
    }
    if (const auto reserved = m_state->reserveWriter(cancellation); !reserved)
        return reserved.error();
    return lend(options, true, cancellation);
}

void SessionPool::closeIdle() const
{
    std::vector<std::shared_ptr<PooledSession>> closed; // outside of the lock: it waits for them
    const std::lock_guard lock(m_state->mutex);
    closed.swap(m_state->idle);
}

} // namespace holdpoint
