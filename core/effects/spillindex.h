// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/spillvector.h"

#include <QByteArrayView>

#include <bit>
#include <functional>
#include <string_view>
#include <utility>

namespace holdpoint {

/// Finds numbers by a hash of what they stand for; past a limit it is in a temporary file (SpillVector). What they
/// stand for is kept elsewhere: whoever asks says which number is meant, `is(number)`, of the few with a hash. Those
/// that stand for equal things come in the order in which they were inserted, and however many they are, the first is
/// found at once.
class SpillIndex
{
public:
    static constexpr qint64 none = -1;

    /// Equal for equal bytes.
    [[nodiscard]] static quint64 hashOf(QByteArrayView bytes)
    {
        return std::hash<std::string_view>()({ bytes.data(), static_cast<size_t>(bytes.size()) });
    }
    /// Of both, in this order.
    [[nodiscard]] static quint64 mixed(quint64 hash, quint64 other)
    {
        const quint64 both = (hash ^ (other + spread + (hash << 6) + (hash >> 2))) * spread;
        return both ^ (both >> 32);
    }
    /// Different for different numbers.
    [[nodiscard]] static quint64 hashOf(qint64 number) { return static_cast<quint64>(number); }

    [[nodiscard]] bool isEmpty() const { return m_numbers == 0; }

    void insert(quint64 hash, qint64 number)
    {
        if (4 * (m_used + 1) > 3 * m_slots.size())
            grow();
        const auto entry = static_cast<qint64>(m_entries.size());
        m_entries.push_back({ number, none });
        Slot& slot = m_slots[slotOf(hash)];
        if (slot.isFree()) {
            slot = { hash, entry, entry };
            ++m_used;
        } else {
            (slot.first == none ? slot.first : m_entries[static_cast<size_t>(slot.last)].next) = entry;
            slot.last = entry;
        }
        ++m_numbers;
    }

    /// none: there is no such number.
    template <typename Is> [[nodiscard]] qint64 find(quint64 hash, Is is) const
    {
        const Found found = look(hash, is);
        return found.entry == none ? none : m_entries[static_cast<size_t>(found.entry)].number;
    }
    /// The same, and it is no more in it.
    template <typename Is> [[nodiscard]] qint64 take(quint64 hash, Is is)
    {
        const Found found = look(hash, is);
        if (found.entry == none)
            return none;
        const Entry& entry = m_entries[static_cast<size_t>(found.entry)];
        Slot& slot = m_slots[found.slot];
        (found.previous == none ? slot.first : m_entries[static_cast<size_t>(found.previous)].next) = entry.next;
        if (slot.last == found.entry)
            slot.last = found.previous;
        --m_numbers;
        return entry.number;
    }
    /// Like find(), where it is the only one.
    template <typename Is> [[nodiscard]] qint64 findOnly(quint64 hash, Is is) const
    {
        const qint64 first = find(hash, is);
        return first == none || find(hash, [&](qint64 number) { return number != first && is(number); }) == none ? first
                                                                                                                 : none;
    }

private:
    static constexpr quint64 spread = 0x9e3779b97f4a7c15; // 2^64 divided by the golden ratio
    static constexpr size_t smallest = 64;
    static constexpr qint64 neverUsed = -2;

    struct Slot // of one hash; a chain of which all were taken stays, without a first
    {
        quint64 hash = 0;
        qint64 first = none;
        qint64 last = neverUsed;
        [[nodiscard]] bool isFree() const { return last == neverUsed; }
    };
    struct Entry
    {
        qint64 number = 0;
        qint64 next = none;
    };
    struct Found
    {
        size_t slot = 0;
        qint64 previous = none;
        qint64 entry = none;
    };

    /// That of the hash, or where it would come.
    [[nodiscard]] size_t slotOf(quint64 hash) const
    {
        const size_t mask = m_slots.size() - 1;
        auto slot = static_cast<size_t>((hash * spread) >> (64 - std::countr_zero(m_slots.size())));
        while (!m_slots[slot].isFree() && m_slots[slot].hash != hash)
            slot = (slot + 1) & mask;
        return slot;
    }

    template <typename Is> [[nodiscard]] Found look(quint64 hash, Is is) const
    {
        if (m_slots.empty())
            return {};
        Found found { slotOf(hash), none, none };
        for (qint64 entry = m_slots[found.slot].first; entry != none;) {
            if (is(m_entries[static_cast<size_t>(entry)].number)) {
                found.entry = entry;
                return found;
            }
            found.previous = std::exchange(entry, m_entries[static_cast<size_t>(entry)].next);
        }
        return found;
    }

    void grow()
    {
        SpillVector<Slot> larger(std::max(smallest, 2 * m_slots.size()), Slot());
        std::swap(m_slots, larger);
        for (const Slot& slot : larger) {
            if (!slot.isFree())
                m_slots[slotOf(slot.hash)] = slot;
        }
    }

    SpillVector<Slot> m_slots; // as many as a power of two
    SpillVector<Entry> m_entries;
    size_t m_used = 0; // slots
    size_t m_numbers = 0;
};

} // namespace holdpoint
