// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

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
    [[nodiscard]] std::strong_ordering compareKeys(const RowChange& left, const RowChange& right) const;
    /// By the whole row: before, after, kind of change.
    [[nodiscard]] static std::strong_ordering compareRows(const RowChange& left, const RowChange& right);
    [[nodiscard]] static std::strong_ordering compareBefore(const RowChange& left, const RowChange& right);
    /// By key, then by the whole row.
    [[nodiscard]] std::strong_ordering compare(const RowChange& left, const RowChange& right) const;

    /// The row that names the change: the old one, of an insert the new one.
    [[nodiscard]] static const Row& keyRow(const RowChange& row)
    {
        return row.change == ChangeKind::Insert ? row.after : row.before;
    }

private:
    const QList<int>& m_keyColumns;
};

} // namespace holdpoint
