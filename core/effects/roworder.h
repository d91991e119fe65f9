// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/rowview.h"

#include <compare>

namespace holdpoint {

/// The order of the rows of one table, by what two runs of the same batch have in common: a new value that is
/// volatile stands after every other and equals every other volatile one.
class RowOrder
{
public:
    explicit RowOrder(const QList<int>& keyColumns)
        : m_keyColumns(keyColumns)
    {
    }

    /// By the key: the old one, of an insert the new one. Without key columns all rows are equal.
    [[nodiscard]] std::strong_ordering compareKeys(RowView left, RowView right) const;
    /// By the whole row: before, after, kind of change.
    [[nodiscard]] static std::strong_ordering compareRows(RowView left, RowView right);
    [[nodiscard]] static std::strong_ordering compareBefore(RowView left, RowView right);
    /// By the new row alone, volatile values like others.
    [[nodiscard]] static std::strong_ordering compareAfter(RowView left, RowView right);
    /// By key, then by the whole row.
    [[nodiscard]] std::strong_ordering compare(RowView left, RowView right) const;
    /// A number that is never greater for a row that stands before another: it spares most comparisons.
    [[nodiscard]] quint64 sortNumber(RowView row) const;

private:
    const QList<int>& m_keyColumns;
};

} // namespace holdpoint
