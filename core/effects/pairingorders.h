// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/roworder.h"

/// The orders (RowRange) that bring together rows of two runs which may be the same row. Where the number is a hash,
/// the order is any, but the same in both runs.
namespace holdpoint::pairing {

/// The same kind of change of the same old row.
struct ByOldRow
{
    [[nodiscard]] quint64 number(RowView row) const;
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const;
};

/// Changed by the same command, in the same way.
struct ByCause
{
    [[nodiscard]] quint64 number(RowView row) const;
    [[nodiscard]] std::strong_ordering compare(RowView, RowView) const { return std::strong_ordering::equal; }
};

/// The values of the new row, from the first column on.
struct ByNewRow
{
    [[nodiscard]] quint64 number(RowView row) const;
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const
    {
        return RowOrder::compareAfter(left, right);
    }
};

/// New rows of as many columns that have the same values in some of them.
class ByNewValues
{
public:
    [[nodiscard]] static ByNewValues of(const QList<int>& columns) { return { columns, true }; }
    [[nodiscard]] static ByNewValues otherThan(const QList<int>& columns) { return { columns, false }; }

    [[nodiscard]] quint64 number(RowView row) const;
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const;

private:
    ByNewValues(const QList<int>& columns, bool compared)
        : m_columns(columns)
        , m_compared(compared)
    {
    }
    [[nodiscard]] bool isCompared(int column) const { return m_columns.contains(column) == m_compared; }

    QList<int> m_columns;
    bool m_compared; // these, or all others
};

/// The same in the order of the values.
struct InOrderOfNewValues
{
    ByNewValues values;

    [[nodiscard]] quint64 number(RowView) const { return 0; }
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const
    {
        return values.compare(left, right);
    }
};

/// The same row but for the values in some columns of the new one.
class ByAllBut
{
public:
    /// With `sameCause`, of the same cause, too.
    ByAllBut(const QList<int>& hidden, bool sameCause)
        : m_newValues(ByNewValues::otherThan(hidden))
        , m_sameCause(sameCause)
    {
    }
    [[nodiscard]] quint64 number(RowView row) const;
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const;

private:
    ByNewValues m_newValues;
    bool m_sameCause;
};

} // namespace holdpoint::pairing
