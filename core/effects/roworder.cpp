// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/roworder.h"

#include <algorithm>

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

/// Steps through the values of a row. An unchanged value of a new row is that of the old row.
class Values
{
public:
    Values(const PackedRow& row, const PackedRow& earlier)
        : m_next(row.first())
        , m_left(row.count)
        , m_earlier(earlier.first())
        , m_earlierLeft(earlier.count)
    {
    }
    static Values before(RowView row) { return { row.before(), {} }; }
    static Values after(RowView row) { return { row.after(), row.before() }; }

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

std::strong_ordering compareWhole(Values left, const QList<int>& leftVolatile, Values right,
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
    return compareWhole(Values::before(left), {}, Values::before(right), {});
}

std::strong_ordering RowOrder::compareRows(RowView left, RowView right)
{
    if (const auto order = compareBefore(left, right); order != 0)
        return order;
    const auto order
        = compareWhole(Values::after(left), left.volatileColumns(), Values::after(right), right.volatileColumns());
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
    constexpr int kindBits = 3;
    constexpr quint64 volatileKind = 7;
    const bool hidden = row.change() == ChangeKind::Insert && row.volatileColumns().contains(column);
    const std::string_view value = image.at(column);
    const quint64 kind = hidden ? volatileKind : static_cast<quint64>(value.front());
    const quint64 rest = hidden ? 0 : packed::sortNumber(value);
    const quint64 afterInserts = !byKey && !isNew;
    return afterInserts << 63 | kind << (63 - kindBits) | rest;
}

} // namespace holdpoint
