// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/cancellation.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

struct sqlite3;

namespace holdpoint {

/// What may stop a running statement: a cancellation, the statement's time-out, the lock's.
/// Lives in the connection's thread; only the interrupts that cancelWith() registers come from others.
class SqliteLimits
{
public:
    /// Installs the progress and busy handlers. A time of 0 is no limit.
    SqliteLimits(sqlite3* handle, std::chrono::milliseconds statementTime, std::chrono::milliseconds lockTime);
    SqliteLimits(const SqliteLimits&) = delete;
    SqliteLimits& operator=(const SqliteLimits&) = delete;
    ~SqliteLimits();

    [[nodiscard]] Cancellation::Registration cancelWith(const Cancellation& cancellation);
    /// A registered cancellation has been asked for, and its registration lives.
    [[nodiscard]] bool isCancelled() const;
    /// The next statement's time begins.
    void statementStarts();
    [[nodiscard]] bool statementTimedOut() const { return m_timedOut; }

private:
    using Clock = std::chrono::steady_clock;
    struct Interrupt // outlives the connection in a registration that does
    {
        std::mutex mutex;
        sqlite3* handle = nullptr;
    };

    static int onProgress(void* self);
    static int onBusy(void* self, int attempt);

    sqlite3* m_handle;
    std::chrono::milliseconds m_statementTime;
    std::chrono::milliseconds m_lockTime;
    std::shared_ptr<Interrupt> m_interrupt;
    std::vector<std::weak_ptr<std::atomic<bool>>> m_cancelled;
    Clock::time_point m_statementStart;
    Clock::time_point m_waitStart;
    bool m_started = false;
    bool m_timedOut = false;
};

} // namespace holdpoint
