// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatileheirs.h"

#include "effects/volatileinstep.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace holdpoint {

namespace {

// The hidden columns come last: rows that are equal otherwise stand in the order of their keys.
std::strong_ordering compareHiding(const RowChange& left, const RowChange& right, const QList<int>& hidden)
{
    if (left.change != right.change)
        return left.change <=> right.change;
    if (const auto order = compareRows(left.before, right.before); order != 0)
        return order;
    if (left.after.size() != right.after.size())
        return left.after.size() <=> right.after.size();
    for (int column = 0; column < left.after.size(); ++column) {
        if (hidden.contains(column))
            continue;
        if (const auto order = left.after.at(column) <=> right.after.at(column); order != 0)
            return order;
    }
    return std::strong_ordering::equal;
}

std::strong_ordering compareCause(const RowChange& left, const RowChange& right)
{
    const int leftCommand = left.command.value_or(-1);
    const int rightCommand = right.command.value_or(-1);
    return std::tie(leftCommand, left.origin) <=> std::tie(rightCommand, right.origin);
}

template <typename Compare> void sortBy(RowPointers& rows, Compare compare)
{
    std::ranges::sort(rows, [&](const RowChange* left, const RowChange* right) {
        const auto order = compare(*left, *right);
        return order != 0 ? order < 0 : compareRows(left->after, right->after) < 0;
    });
}

} // namespace

VolatileHeirs::VolatileHeirs(TableEffects& preview, TableEffects& now, const TableKeyCopies& copies)
    : m_preview(preview)
    , m_now(now)
    , m_copies(copies)
{
}

bool VolatileHeirs::hasNothingVolatile() const
{
    return m_copies.isEmpty() && std::ranges::none_of(m_preview.rows.views(), &RowView::hasVolatile)
        && std::ranges::none_of(m_now.rows.views(), &RowView::hasVolatile);
}

bool VolatileHeirs::mark()
{
    if (hasNothingVolatile())
        return false;
    if (inheritInStep(m_preview, m_now, m_copies))
        return true;
    EditedRows previewed(m_preview);
    EditedRows current(m_now);
    previewed.addAll();
    current.addAll();
    m_wanting = previewed.pointers();
    m_free = current.pointers();
    std::map<std::pair<qsizetype, QList<int>>, RowPointers> wanting; // the fewest hidden columns first
    for (RowChange* row : std::exchange(m_wanting, {})) {
        const QList<int> hidden = hiddenColumns(*row);
        wanting[{ hidden.size(), hidden }].push_back(row);
    }
    for (const bool sameCause : { true, false }) {
        for (auto& [hidden, rows] : wanting)
            takeFitting(rows, hidden.second, sameCause);
    }
    for (const auto& [hidden, rows] : wanting)
        m_wanting.insert(m_wanting.end(), rows.begin(), rows.end());
    pairRest();
    previewed.store();
    current.store();
    return true;
}

QList<int> VolatileHeirs::hiddenColumns(const RowChange& preview) const
{
    QList<int> hidden = preview.volatileColumns;
    for (int column = 0; column < preview.after.size() && !m_copies.isEmpty(); ++column) {
        if (!hidden.contains(column) && m_copies.mayBeCopy(column, preview.after.at(column)))
            hidden.append(column);
    }
    std::ranges::sort(hidden);
    return hidden;
}

void VolatileHeirs::takeFitting(RowPointers& wanting, const QList<int>& hidden, bool sameCause)
{
    const auto compare = [&](const RowChange& left, const RowChange& right) {
        const auto order = sameCause ? compareCause(left, right) : std::strong_ordering::equal;
        return order != 0 ? order : compareHiding(left, right, hidden);
    };
    sortBy(wanting, compare);
    sortBy(m_free, compare);
    RowPointers wantingRest;
    RowPointers freeRest;
    auto left = wanting.begin();
    auto right = m_free.begin();
    while (left != wanting.end() && right != m_free.end()) {
        if (const auto order = compare(**left, **right); order < 0) {
            wantingRest.push_back(*left++);
        } else if (order > 0) {
            freeRest.push_back(*right++);
        } else {
            const auto leftEnd
                = std::find_if(left, wanting.end(), [&](auto* row) { return compare(*row, **right) != 0; });
            const auto rightEnd
                = std::find_if(right, m_free.end(), [&](auto* row) { return compare(**left, *row) != 0; });
            RowPointers some(left, leftEnd);
            RowPointers others(right, rightEnd);
            takeFittingGroup(some, others);
            wantingRest.insert(wantingRest.end(), some.begin(), some.end());
            freeRest.insert(freeRest.end(), others.begin(), others.end());
            left = leftEnd;
            right = rightEnd;
        }
    }
    wantingRest.insert(wantingRest.end(), left, wanting.end());
    freeRest.insert(freeRest.end(), right, m_free.end());
    wanting = std::move(wantingRest);
    m_free = std::move(freeRest);
}

// Mostly the first does; looking further is for copies of keys.
void VolatileHeirs::takeFittingGroup(RowPointers& wanting, RowPointers& free)
{
    constexpr std::ptrdiff_t furthest = 64;
    auto first = free.begin();
    for (RowChange*& row : wanting) {
        while (first != free.end() && !*first)
            ++first;
        const auto last = first + std::min(furthest, std::distance(first, free.end()));
        const auto found = std::find_if(first, last, [&](auto* each) { return each && fits(*row, *each); });
        if (found == last)
            continue;
        inherit(*row, **found);
        *found = nullptr;
        row = nullptr;
    }
    std::erase(wanting, nullptr);
    std::erase(free, nullptr);
}

bool VolatileHeirs::fitsVolatile(const RowChange& preview, const RowChange& now, int column) const
{
    const bool isAssigned = preview.assignedKey && column == m_preview.keyColumns.value(0, -1);
    return !isAssigned || now.assignedKey;
}

bool VolatileHeirs::fits(const RowChange& preview, const RowChange& now) const
{
    for (int column = 0; column < preview.after.size(); ++column) {
        const Value& then = preview.after.at(column);
        const Value& today = now.after.at(column);
        const bool isSame = then == today
            || (preview.volatileColumns.contains(column) ? fitsVolatile(preview, now, column)
                                                         : m_copies.isCopy(column, then, today));
        if (!isSame)
            return false;
    }
    return true;
}

void VolatileHeirs::inherit(RowChange& preview, RowChange& now)
{
    for (int column = 0; column < preview.after.size(); ++column) {
        const Value& then = preview.after.at(column);
        const Value& today = now.after.at(column);
        if (then == today)
            continue;
        if (!fitsVolatile(preview, now, column)) {
            m_markedPreview = preview.volatileColumns.removeAll(column) > 0 || m_markedPreview;
        } else if (!preview.volatileColumns.contains(column) && m_copies.isCopy(column, then, today)) {
            preview.volatileColumns.append(column);
            m_markedPreview = true;
        }
    }
    now.volatileColumns = preview.volatileColumns;
}

void VolatileHeirs::pairRest()
{
    for (const RowPair& pair : pairRows(m_wanting, m_free, m_preview.keyColumns))
        inherit(*pair.first, *pair.second);
}

} // namespace holdpoint
