// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/rowview.h"

namespace holdpoint {

/// Steps through the values of a row. An unchanged value of a new row is that of the old row.
class RowValues
{
public:
    static RowValues before(RowView row) { return { row.before(), {} }; }
    static RowValues after(RowView row) { return { row.after(), row.before() }; }

    [[nodiscard]] bool atEnd() const { return m_left == 0; }
    [[nodiscard]] std::string_view next()
    {
        const std::string_view value = take(m_next, m_left);
        if (m_earlierLeft == 0)
            return value;
        const std::string_view earlier = take(m_earlier, m_earlierLeft);
        return packed::markOf(value) == packed::Mark::Unchanged ? earlier : value;
    }

private:
    RowValues(const PackedRow& row, const PackedRow& earlier)
        : m_next(row.first())
        , m_left(row.count)
        , m_earlier(earlier.first())
        , m_earlierLeft(earlier.count)
    {
    }
    static std::string_view take(const char*& next, qsizetype& left)
    {
        const std::string_view value(next, packed::length(next));
        next += value.size();
        --left;
        return value;
    }

    const char* m_next;
    qsizetype m_left;
    const char* m_earlier;
    qsizetype m_earlierLeft;
};

} // namespace holdpoint
