// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/roworder.h"

#include <algorithm>

namespace holdpoint {

namespace {

std::strong_ordering compareAt(qsizetype column, const Row& left, const QList<int>& leftVolatile, const Row& right,
                               const QList<int>& rightVolatile)
{
    const bool leftHidden = leftVolatile.contains(static_cast<int>(column));
    const bool rightHidden = rightVolatile.contains(static_cast<int>(column));
    if (leftHidden || rightHidden)
        return leftHidden <=> rightHidden;
    return left.at(column) <=> right.at(column);
}

std::strong_ordering compareWhole(const Row& left, const QList<int>& leftVolatile, const Row& right,
                                  const QList<int>& rightVolatile)
{
    const qsizetype common = std::min(left.size(), right.size());
    for (qsizetype column = 0; column < common; ++column) {
        if (const auto order = compareAt(column, left, leftVolatile, right, rightVolatile); order != 0)
            return order;
    }
    return left.size() <=> right.size();
}

} // namespace

std::strong_ordering RowOrder::compareKeys(const RowChange& left, const RowChange& right) const
{
    static const QList<int> none; // an old key is what it was
    const QList<int>& leftVolatile = left.change == ChangeKind::Insert ? left.volatileColumns : none;
    const QList<int>& rightVolatile = right.change == ChangeKind::Insert ? right.volatileColumns : none;
    const Row& leftRow = keyRow(left);
    const Row& rightRow = keyRow(right);
    for (const int column : m_keyColumns) {
        const auto order = compareAt(column, leftRow, leftVolatile, rightRow, rightVolatile);
        if (order != 0)
            return order;
    }
    return std::strong_ordering::equal;
}

std::strong_ordering RowOrder::compareBefore(const RowChange& left, const RowChange& right)
{
    return std::lexicographical_compare_three_way(left.before.begin(), left.before.end(), right.before.begin(),
                                                  right.before.end());
}

std::strong_ordering RowOrder::compareRows(const RowChange& left, const RowChange& right)
{
    if (const auto order = compareBefore(left, right); order != 0)
        return order;
    if (const auto order = compareWhole(left.after, left.volatileColumns, right.after, right.volatileColumns);
        order != 0)
        return order;
    return left.change <=> right.change;
}

std::strong_ordering RowOrder::compare(const RowChange& left, const RowChange& right) const
{
    if (const auto order = compareKeys(left, right); order != 0)
        return order;
    return compareRows(left, right);
}

} // namespace holdpoint
