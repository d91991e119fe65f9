// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/pairingorders.h"

#include "effects/rowvalues.h"
#include "effects/spillindex.h"

namespace holdpoint::pairing {

quint64 ByOldRow::number(RowView row) const
{
    auto hash = static_cast<quint64>(row.change());
    for (RowValues values = RowValues::before(row); !values.atEnd();)
        hash = SpillIndex::mixed(hash, SpillIndex::hashOf(values.next()));
    return hash;
}

std::strong_ordering ByOldRow::compare(RowView left, RowView right) const
{
    if (left.change() != right.change())
        return left.change() <=> right.change();
    return RowOrder::compareBefore(left, right);
}

quint64 ByCause::number(RowView row) const
{
    const auto command = static_cast<quint64>(row.command().value_or(-1) + 1);
    return 2 * command + (row.origin() == Origin::Indirect ? 1 : 0);
}

quint64 ByNewRow::number(RowView row) const
{
    constexpr int kindBits = 4;
    RowValues values = RowValues::after(row);
    if (values.atEnd())
        return 0;
    const std::string_view first = values.next();
    return static_cast<quint64>(first.front()) << (64 - kindBits) | packed::sortNumber(first);
}

quint64 ByNewValues::number(RowView row) const
{
    RowValues values = RowValues::after(row);
    quint64 hash = 0;
    for (int column = 0; !values.atEnd(); ++column) {
        const std::string_view value = values.next();
        hash = isCompared(column) ? SpillIndex::mixed(hash, SpillIndex::hashOf(value)) : hash;
    }
    return hash;
}

std::strong_ordering ByNewValues::compare(RowView left, RowView right) const
{
    RowValues lefts = RowValues::after(left);
    RowValues rights = RowValues::after(right);
    for (int column = 0; !lefts.atEnd() && !rights.atEnd(); ++column) {
        const std::string_view leftValue = lefts.next();
        const std::string_view rightValue = rights.next();
        if (!isCompared(column))
            continue;
        if (const auto order = packed::compare(leftValue, rightValue); order != 0)
            return order;
    }
    return !lefts.atEnd() <=> !rights.atEnd();
}

quint64 ByAllBut::number(RowView row) const
{
    const quint64 hash = SpillIndex::mixed(ByOldRow().number(row), m_newValues.number(row));
    return m_sameCause ? SpillIndex::mixed(hash, ByCause().number(row)) : hash;
}

std::strong_ordering ByAllBut::compare(RowView left, RowView right) const
{
    if (m_sameCause) {
        if (const auto order = ByCause().number(left) <=> ByCause().number(right); order != 0)
            return order;
    }
    if (const auto order = ByOldRow().compare(left, right); order != 0)
        return order;
    return m_newValues.compare(left, right);
}

} // namespace holdpoint::pairing
