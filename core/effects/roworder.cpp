// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/roworder.h"

#include "effects/rowvalues.h"

namespace holdpoint {

namespace {

/// The row that names the change: the old one, of an insert the new one.
PackedRow keyRow(RowView row)
{
    return row.change() == ChangeKind::Insert ? row.after() : row.before();
}

QList<int> volatileKey(RowView row)
{
    return row.change() == ChangeKind::Insert && row.hasVolatile() ? row.volatileColumns() : QList<int>();
}

std::strong_ordering compareWhole(RowValues left, const QList<int>& leftVolatile, RowValues right,
                                  const QList<int>& rightVolatile)
{
    for (int column = 0; !left.atEnd() && !right.atEnd(); ++column) {
        const std::string_view leftValue = left.next();
        const std::string_view rightValue = right.next();
        const bool leftHidden = leftVolatile.contains(column);
        const bool rightHidden = rightVolatile.contains(column);
        const auto order
            = leftHidden || rightHidden ? leftHidden <=> rightHidden : packed::compare(leftValue, rightValue);
        if (order != 0)
            return order;
    }
    return !left.atEnd() <=> !right.atEnd();
}

constexpr int kindBits = 3; // below a free one
constexpr quint64 hiddenNumber = quint64(7) << (63 - kindBits); // behind every kind of a value

quint64 numberOf(std::string_view value)
{
    return static_cast<quint64>(value.front()) << (63 - kindBits) | packed::sortNumber(value);
}

} // namespace

std::strong_ordering RowOrder::compareKeys(RowView left, RowView right) const
{
    const QList<int> leftVolatile = volatileKey(left);
    const QList<int> rightVolatile = volatileKey(right);
    const PackedRow leftRow = keyRow(left);
    const PackedRow rightRow = keyRow(right);
    for (const int column : m_keyColumns) {
        const bool leftHidden = leftVolatile.contains(column);
        const bool rightHidden = rightVolatile.contains(column);
        const auto order = leftHidden || rightHidden ? leftHidden <=> rightHidden
                                                     : packed::compare(leftRow.at(column), rightRow.at(column));
        if (order != 0)
            return order;
    }
    return std::strong_ordering::equal;
}

std::strong_ordering RowOrder::compareBefore(RowView left, RowView right)
{
    return compareWhole(RowValues::before(left), {}, RowValues::before(right), {});
}

std::strong_ordering RowOrder::compareAfter(RowView left, RowView right)
{
    return compareWhole(RowValues::after(left), {}, RowValues::after(right), {});
}

std::strong_ordering RowOrder::compareRows(RowView left, RowView right)
{
    if (const auto order = compareBefore(left, right); order != 0)
        return order;
    const auto order = compareWhole(RowValues::after(left), left.volatileColumns(), RowValues::after(right),
                                    right.volatileColumns());
    return order != 0 ? order : left.change() <=> right.change();
}

std::strong_ordering RowOrder::compare(RowView left, RowView right) const
{
    if (const auto order = compareKeys(left, right); order != 0)
        return order;
    return compareRows(left, right);
}

quint64 RowOrder::sortNumber(RowView row) const
{
    const bool byKey = !m_keyColumns.isEmpty();
    const bool isNew = byKey ? row.change() == ChangeKind::Insert : row.before().count == 0;
    const PackedRow image = isNew ? row.after() : row.before();
    const int column = byKey ? m_keyColumns.first() : 0;
    if (column >= image.count)
        return 0;
    const QList<int> hidden
        = row.change() == ChangeKind::Insert && row.hasVolatile() ? row.volatileColumns() : QList<int>();
    const quint64 afterInserts = !byKey && !isNew;
    const bool isHidden = hidden.contains(column);
    const quint64 number = isHidden ? hiddenNumber : numberOf(image.at(column));
    if (!isHidden || m_keyColumns.size() != 1)
        return afterInserts << 63 | number;
    // All new rows with a hidden key are equal by it: the first other column comes next.
    const int next = column == 0 ? 1 : 0;
    if (next >= image.count)
        return number;
    return number | (hidden.contains(next) ? hiddenNumber : numberOf(image.at(next))) >> kindBits;
}

} // namespace holdpoint
