// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitenetrows.h"

#include <algorithm>

// Rows before and after in one set of columns, where ALTER TABLE added or dropped some.

namespace holdpoint {

// A column that was not there, or is not there any more, is NULL then.
void SqliteNetRows::followColumns()
{
    m_origins = m_descent.origins;
    if (m_descent.dropped || m_descent.born || !m_reshaped)
        return;
    for (int column = 0; column < m_table.shape().width(); ++column) {
        if (m_origins.contains(column))
            continue;
        const auto again = m_now.columns.indexOf(m_table.shape().columns.at(column));
        if (again >= 0 && m_origins.value(again, -1) < 0)
            m_origins[again] = column; // dropped and added
        else
            m_lost.append(column);
    }
}

bool SqliteNetRows::isSameReshaped(const Pair& pair) const
{
    if (pair.before == nothing || pair.now == SqliteImages::nowhere)
        return false;
    const auto place = m_table.touches()[static_cast<size_t>(pair.before)].before;
    for (int column = 0; column < m_now.width(); ++column) {
        const int origin = m_origins.value(column, -1);
        const auto before = origin < 0 ? packed::nullValue : m_images.value(place, origin);
        if (before != m_images.value(pair.now, column))
            return false;
    }
    return std::ranges::all_of(m_lost, [&](int column) { return SqliteImages::isNull(m_images.value(place, column)); });
}

void SqliteNetRows::countLost()
{
    if (m_lost.isEmpty())
        return;
    for (const SqliteTouch& touch : m_table.touches()) {
        const bool lost = touch.before != SqliteImages::nowhere && std::ranges::any_of(m_lost, [&](int column) {
                              return !SqliteImages::isNull(m_images.value(touch.before, column));
                          });
        m_lostValues += lost ? 1 : 0;
    }
}

PackedRow SqliteNetRows::after(const Pair& pair, std::string& mapped) const
{
    if (pair.now == SqliteImages::nowhere)
        return {};
    if (m_lost.isEmpty())
        return m_images.row(pair.now, m_now.width());
    mapped = m_images.image(pair.now, m_now.width());
    for (qsizetype lost = 0; lost < m_lost.size(); ++lost)
        mapped.append(packed::nullValue);
    return { m_now.width() + m_lost.size(), mapped };
}

// In today's columns, packed in `mapped` where these are others; one that was added since is NULL.
PackedRow SqliteNetRows::before(const Pair& pair, std::string& mapped) const
{
    if (pair.before == nothing)
        return {};
    const auto place = m_table.touches()[static_cast<size_t>(pair.before)].before;
    if (!m_reshaped || m_descent.dropped)
        return m_images.row(place, m_table.shape().width());
    mapped.clear();
    for (int column = 0; column < m_now.width(); ++column) {
        const int origin = m_origins.value(column, -1);
        if (origin < 0)
            mapped.append(packed::nullValue);
        else
            mapped.append(m_images.value(place, origin));
    }
    for (const int column : m_lost)
        mapped.append(m_images.value(place, column));
    return { m_now.width() + m_lost.size(), mapped };
}

} // namespace holdpoint
