// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/rowchanges.h"
#include "effects/spillvector.h"

#include <algorithm>
#include <compare>
#include <utility>

namespace holdpoint {

/// A row of a table, and a number that stands for it in comparisons.
struct RowPlace
{
    quint64 number = 0;
    qsizetype row = 0;
};

/// Rows of a table in any order, 16 bytes each; past a limit they are in a temporary file.
class RowPlaces : public SpillVector<RowPlace>
{
public:
    void append(qsizetype row) { push_back({ 0, row }); }
    [[nodiscard]] static RowPlaces ofAll(const RowChanges& rows)
    {
        RowPlaces places;
        for (qsizetype row = 0; row < rows.size(); ++row)
            places.append(row);
        return places;
    }
};

/// Some neighbours among RowPlaces, which are sorted where they are; so a part of a range is sorted in the range, too.
/// An order of rows says for a row `number(view)`, which is never greater than that of a row behind it, and for two
/// with the same number `compare(left, right)`.
class RowRange
{
public:
    RowRange(const RowChanges& rows, RowPlaces& places)
        : m_rows(&rows)
        , m_places(&places)
        , m_end(places.size())
    {
    }

    [[nodiscard]] size_t size() const { return m_end - m_begin; }
    [[nodiscard]] bool isEmpty() const { return m_begin == m_end; }
    [[nodiscard]] qsizetype row(size_t index) const { return (*m_places)[m_begin + index].row; }
    [[nodiscard]] RowView operator[](size_t index) const { return m_rows->view(row(index)); }
    [[nodiscard]] RowRange part(size_t begin, size_t end) const
    {
        RowRange part = *this;
        part.m_begin = m_begin + begin;
        part.m_end = m_begin + end;
        return part;
    }

    /// Rows that are equal stand in the table's order. False: all stood so.
    template <typename Order> bool sort(const Order& order)
    {
        for (auto place = begin(); place != end(); ++place)
            place->number = order.number(m_rows->view(place->row));
        const auto before = [&](const RowPlace& left, const RowPlace& right) {
            if (left.number != right.number)
                return left.number < right.number;
            const auto compared = order.compare(m_rows->view(left.row), m_rows->view(right.row));
            return compared != 0 ? compared < 0 : left.row < right.row;
        };
        if (std::is_sorted(begin(), end(), before))
            return false;
        std::sort(begin(), end(), before);
        return true;
    }
    /// Of two rows in ranges that were sorted by the order.
    template <typename Order>
    [[nodiscard]] std::strong_ordering compare(const Order& order, size_t index, const RowRange& other,
                                               size_t otherIndex) const
    {
        const quint64 left = (*m_places)[m_begin + index].number;
        const quint64 right = (*other.m_places)[other.m_begin + otherIndex].number;
        return left != right ? left <=> right : order.compare((*this)[index], other[otherIndex]);
    }

    /// The row is nobody's any more; dropTaken() has to follow.
    void take(size_t index) { (*m_places)[m_begin + index].row = taken; }
    [[nodiscard]] bool isTaken(size_t index) const { return row(index) == taken; }
    void dropTaken()
    {
        const auto rest = std::remove_if(begin(), end(), [](const RowPlace& place) { return place.row == taken; });
        std::fill(rest, end(), RowPlace { 0, taken }); // for the range that this one is a part of
        m_end = m_begin + static_cast<size_t>(rest - begin());
    }

private:
    static constexpr qsizetype taken = -1;

    [[nodiscard]] RowPlaces::iterator begin() const { return m_places->begin() + static_cast<qsizetype>(m_begin); }
    [[nodiscard]] RowPlaces::iterator end() const { return m_places->begin() + static_cast<qsizetype>(m_end); }

    const RowChanges* m_rows;
    RowPlaces* m_places;
    size_t m_begin = 0;
    size_t m_end;
};

/// Hands the rows of both that are equal by the order to `visit(lefts, rights)`; what it takes out is no longer in
/// them.
template <typename Order, typename Visit>
void forEachGroup(RowRange& first, RowRange& second, const Order& order, Visit visit)
{
    if (first.isEmpty() || second.isEmpty())
        return;
    first.sort(order);
    second.sort(order);
    const auto endOfGroup = [&](const RowRange& range, size_t begin) {
        size_t end = begin + 1;
        while (end < range.size() && range.compare(order, begin, range, end) == 0)
            ++end;
        return end;
    };
    size_t left = 0;
    size_t right = 0;
    while (left < first.size() && right < second.size()) {
        if (const auto compared = first.compare(order, left, second, right); compared < 0) {
            ++left;
        } else if (compared > 0) {
            ++right;
        } else {
            const size_t leftEnd = endOfGroup(first, left);
            const size_t rightEnd = endOfGroup(second, right);
            RowRange lefts = first.part(std::exchange(left, leftEnd), leftEnd);
            RowRange rights = second.part(std::exchange(right, rightEnd), rightEnd);
            visit(lefts, rights);
        }
    }
    first.dropTaken();
    second.dropTaken();
}

} // namespace holdpoint
