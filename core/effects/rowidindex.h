// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/spillindex.h"

#include <optional>

namespace holdpoint {

/// Which touch is a rowid's. Most batches touch a table in the order of its rowids, and what is read afterwards comes
/// in that order too: as long as that is so, a sorted list does, and the next rowid is mostly the next entry.
class RowidIndex
{
public:
    static constexpr int none = -1;

    /// Numbers count from 0. The rowid is not in it yet.
    void add(qint64 rowid)
    {
        if (!m_hash && !m_ascending.empty() && rowid < m_ascending.back())
            makeHash();
        if (m_hash)
            m_hash->insert(SpillIndex::hashOf(rowid), m_size);
        else
            m_ascending.push_back(rowid);
        ++m_size;
    }

    [[nodiscard]] int find(qint64 rowid) const
    {
        if (m_hash)
            return static_cast<int>(m_hash->find(SpillIndex::hashOf(rowid), [](qint64) { return true; }));
        if (m_ascending.empty() || rowid > m_ascending.back())
            return none;
        if (m_next < m_ascending.size() && m_ascending[m_next] == rowid)
            return static_cast<int>(m_next++);
        const auto found = std::ranges::lower_bound(m_ascending, rowid);
        m_next = static_cast<size_t>(found - m_ascending.begin());
        return *found == rowid ? static_cast<int>(m_next++) : none;
    }

private:
    void makeHash()
    {
        m_hash.emplace();
        for (int i = 0; i < m_size; ++i)
            m_hash->insert(SpillIndex::hashOf(m_ascending[static_cast<size_t>(i)]), i);
        m_ascending = {};
    }

    SpillVector<qint64> m_ascending;
    std::optional<SpillIndex> m_hash; // once a rowid came out of order
    int m_size = 0;
    mutable size_t m_next = 0; // behind the entry that was found last
};

} // namespace holdpoint
