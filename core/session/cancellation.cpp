// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/cancellation.h"

namespace holdpoint {

struct Cancellation::Registration::Entry
{
    std::mutex mutex;
    std::function<void()> interrupt;

    void call()
    {
        const std::lock_guard lock(mutex);
        if (interrupt)
            interrupt();
    }
};

void Cancellation::cancel() const
{
    m_state->cancelled.store(true, std::memory_order_release);
    std::vector<std::weak_ptr<Registration::Entry>> entries;
    {
        const std::lock_guard lock(m_state->mutex);
        entries = m_state->entries;
    }
    for (const auto& weak : entries) {
        if (const auto entry = weak.lock())
            entry->call();
    }
}

Cancellation::Registration Cancellation::onCancel(std::function<void()> interrupt) const
{
    Registration registration;
    registration.m_entry = std::make_shared<Registration::Entry>();
    registration.m_entry->interrupt = std::move(interrupt);
    {
        const std::lock_guard lock(m_state->mutex);
        std::erase_if(m_state->entries, [](const auto& weak) { return weak.expired(); });
        m_state->entries.push_back(registration.m_entry);
    }
    if (isCancelled())
        registration.m_entry->call();
    return registration;
}

Cancellation::Registration& Cancellation::Registration::operator=(Registration&& other) noexcept
{
    std::swap(m_entry, other.m_entry);
    return *this;
}

Cancellation::Registration::~Registration()
{
    if (!m_entry)
        return;
    const std::lock_guard lock(m_entry->mutex);
    m_entry->interrupt = nullptr;
}

} // namespace holdpoint
