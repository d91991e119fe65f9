// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqlitelimits.h"

#include <algorithm>
#include <sqlite3.h>

namespace holdpoint {

namespace {

constexpr int stepsBetweenChecks = 2000; // virtual machine steps: well under a millisecond
constexpr int longestNap = 25; // milliseconds between two attempts at a lock

} // namespace

SqliteLimits::SqliteLimits(sqlite3* handle, std::chrono::milliseconds statementTime, std::chrono::milliseconds lockTime)
    : m_handle(handle)
    , m_statementTime(statementTime)
    , m_lockTime(lockTime)
    , m_interrupt(std::make_shared<Interrupt>())
{
    m_interrupt->handle = handle;
    sqlite3_progress_handler(handle, stepsBetweenChecks, &SqliteLimits::onProgress, this);
    sqlite3_busy_handler(handle, &SqliteLimits::onBusy, this);
}

SqliteLimits::~SqliteLimits()
{
    sqlite3_progress_handler(m_handle, 0, nullptr, nullptr);
    sqlite3_busy_handler(m_handle, nullptr, nullptr);
    const std::lock_guard lock(m_interrupt->mutex);
    m_interrupt->handle = nullptr;
}

Cancellation::Registration SqliteLimits::cancelWith(const Cancellation& cancellation)
{
    // The flag dies with the registration, and with it the cancellation's power over this connection.
    const auto cancelled = std::make_shared<std::atomic<bool>>(false);
    std::erase_if(m_cancelled, [](const auto& flag) { return flag.expired(); });
    m_cancelled.push_back(cancelled);
    return cancellation.onCancel([cancelled, interrupt = m_interrupt] {
        cancelled->store(true, std::memory_order_release);
        const std::lock_guard lock(interrupt->mutex);
        if (interrupt->handle)
            sqlite3_interrupt(interrupt->handle);
    });
}

bool SqliteLimits::isCancelled() const
{
    return std::ranges::any_of(m_cancelled, [](const auto& weak) {
        const auto flag = weak.lock();
        return flag && flag->load(std::memory_order_acquire);
    });
}

void SqliteLimits::statementStarts()
{
    m_started = false;
    m_timedOut = false;
}

int SqliteLimits::onProgress(void* self)
{
    auto* limits = static_cast<SqliteLimits*>(self);
    if (limits->isCancelled())
        return 1;
    if (limits->m_statementTime.count() <= 0)
        return 0;
    // Short statements never come here: they need not pay for reading the clock.
    if (!limits->m_started) {
        limits->m_started = true;
        limits->m_statementStart = Clock::now();
    }
    limits->m_timedOut = Clock::now() - limits->m_statementStart >= limits->m_statementTime;
    return limits->m_timedOut ? 1 : 0;
}

int SqliteLimits::onBusy(void* self, int attempt)
{
    auto* limits = static_cast<SqliteLimits*>(self);
    if (attempt == 0)
        limits->m_waitStart = Clock::now();
    if (limits->isCancelled())
        return 0;
    if (limits->m_lockTime.count() > 0 && Clock::now() - limits->m_waitStart >= limits->m_lockTime)
        return 0;
    sqlite3_sleep(std::min(1 << std::min(attempt, 5), longestNap));
    return 1;
}

} // namespace holdpoint
