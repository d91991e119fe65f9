// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresplacemap.h"

#include <algorithm>

namespace holdpoint {

/// In place: there may be many.
void PostgresPlaceMap::settle() const
{
    if (m_settled == m_entries.size())
        return;
    const auto isBefore = [](const Entry& left, const Entry& right) {
        return left.place != right.place ? left.place < right.place : left.number < right.number;
    };
    const auto middle = m_entries.begin() + static_cast<qsizetype>(m_settled);
    std::sort(middle, m_entries.end(), isBefore);
    if (m_settled > 0 && !isBefore(m_entries[m_settled - 1], *middle))
        std::sort(m_entries.begin(), m_entries.end(), isBefore);
    const auto end = std::unique(m_entries.begin(), m_entries.end(),
                                 [](const Entry& left, const Entry& right) { return left.place == right.place; });
    m_entries.truncate(static_cast<size_t>(end - m_entries.begin()));
    m_settled = m_entries.size();
}

qsizetype PostgresPlaceMap::size() const
{
    settle();
    return static_cast<qsizetype>(m_entries.size());
}

std::optional<qsizetype> PostgresPlaceMap::find(PostgresPlace place) const
{
    settle();
    const auto begin = std::as_const(m_entries).begin();
    const auto end = std::as_const(m_entries).end();
    const auto found = std::lower_bound(begin, end, place,
                                        [](const Entry& entry, PostgresPlace wanted) { return entry.place < wanted; });
    return found != end && found->place == place ? std::optional(found->number) : std::nullopt;
}

qsizetype PostgresPlaceMap::at(qsizetype position) const
{
    settle();
    return m_entries[static_cast<size_t>(position)].number;
}

} // namespace holdpoint
