// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace holdpoint {

/// A request to stop that any thread may make, once, for good; copies share it.
/// Whoever blocks in a database call registers an interrupt, which cancel() calls from the
/// cancelling thread; an interrupt must be thread-safe, quick and never throw.
class Cancellation
{
public:
    void cancel() const;
    [[nodiscard]] bool isCancelled() const { return m_state->cancelled.load(std::memory_order_acquire); }

    /// Keeps an interrupt registered while it lives; its destructor waits for a running interrupt.
    class Registration
    {
    public:
        Registration() = default;
        Registration(Registration&&) noexcept = default;
        Registration& operator=(Registration&&) noexcept;
        ~Registration();

    private:
        friend class Cancellation;
        struct Entry;
        std::shared_ptr<Entry> m_entry;
    };
    /// Calls `interrupt` at once if already cancelled.
    [[nodiscard]] Registration onCancel(std::function<void()> interrupt) const;

private:
    struct State
    {
        std::atomic<bool> cancelled = false;
        std::mutex mutex;
        std::vector<std::weak_ptr<Registration::Entry>> entries;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

} // namespace holdpoint
