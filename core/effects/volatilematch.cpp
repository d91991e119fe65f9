// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatilematch.h"

#include "effects/roworder.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace holdpoint {

namespace {

using Order = std::function<std::strong_ordering(const RowChange&, const RowChange&)>;

std::strong_ordering byOldRow(const RowChange& left, const RowChange& right)
{
    if (left.change != right.change)
        return left.change <=> right.change;
    return compareRows(left.before, right.before);
}

std::strong_ordering byCause(const RowChange& left, const RowChange& right)
{
    const int leftCommand = left.command.value_or(-1);
    const int rightCommand = right.command.value_or(-1);
    return std::tie(leftCommand, left.origin) <=> std::tie(rightCommand, right.origin);
}

void sortBy(RowPointers& rows, const Order& order)
{
    std::ranges::stable_sort(rows,
                             [&](const RowChange* left, const RowChange* right) { return order(*left, *right) < 0; });
}

/// Hands the rows that are equal by `order` to `visit`, which takes out those that it pairs; the rest is put back.
void forEachGroup(RowPointers& first, RowPointers& second, const Order& order,
                  const std::function<void(RowPointers&, RowPointers&)>& visit)
{
    sortBy(first, order);
    sortBy(second, order);
    RowPointers firstRest;
    RowPointers secondRest;
    auto left = first.begin();
    auto right = second.begin();
    while (left != first.end() || right != second.end()) {
        const RowChange& least
            = right == second.end() || (left != first.end() && order(**left, **right) <= 0) ? **left : **right;
        const auto ends = [&](const RowChange* row) { return order(*row, least) != 0; };
        const auto leftEnd = std::find_if(left, first.end(), ends);
        const auto rightEnd = std::find_if(right, second.end(), ends);
        RowPointers lefts(left, leftEnd);
        RowPointers rights(right, rightEnd);
        if (!lefts.empty() && !rights.empty())
            visit(lefts, rights);
        firstRest.insert(firstRest.end(), lefts.begin(), lefts.end());
        secondRest.insert(secondRest.end(), rights.begin(), rights.end());
        left = leftEnd;
        right = rightEnd;
    }
    first = std::move(firstRest);
    second = std::move(secondRest);
}

class Pairing
{
public:
    explicit Pairing(const QList<int>& keyColumns)
        : m_keyColumns(keyColumns)
    {
    }
    void pairSameOldRow(RowPointers& first, RowPointers& second);
    [[nodiscard]] std::vector<RowPair> result() && { return std::move(m_pairs); }

private:
    void pairGroup(RowPointers& first, RowPointers& second);
    void pairByColumns(RowPointers& first, RowPointers& second, const QList<int>& columns);
    void pairNearest(RowPointers& first, RowPointers& second);
    void pairInOrder(RowPointers& first, RowPointers& second);
    [[nodiscard]] QList<int> telling(const RowPointers& first, const RowPointers& second) const;

    const QList<int>& m_keyColumns;
    std::vector<RowPair> m_pairs;
};

// Whether the shorter list's values are all among the other's.
bool hasSameValues(const RowPointers& first, const RowPointers& second, int column)
{
    const auto valuesOf = [column](const RowPointers& rows) {
        std::vector<const Value*> values;
        values.reserve(rows.size());
        for (const RowChange* row : rows)
            values.push_back(&row->after.at(column));
        std::ranges::sort(values, [](const Value* left, const Value* right) { return *left < *right; });
        return values;
    };
    const auto& [shorter, longer] = first.size() <= second.size() ? std::tie(first, second) : std::tie(second, first);
    const auto few = valuesOf(shorter);
    const auto many = valuesOf(longer);
    return std::includes(many.begin(), many.end(), few.begin(), few.end(),
                         [](const Value* left, const Value* right) { return *left < *right; });
}

// The columns that tell which row of one run is which of the other's.
QList<int> Pairing::telling(const RowPointers& first, const RowPointers& second) const
{
    QList<int> columns;
    for (int column = 0; column < first.front()->after.size(); ++column) {
        if (!first.front()->volatileColumns.contains(column) && hasSameValues(first, second, column))
            columns.append(column);
    }
    const bool hasKey = !m_keyColumns.isEmpty()
        && std::ranges::all_of(m_keyColumns, [&](int column) { return columns.contains(column); });
    return hasKey ? m_keyColumns : columns;
}

void Pairing::pairByColumns(RowPointers& first, RowPointers& second, const QList<int>& columns)
{
    const auto order = [&](const RowChange& left, const RowChange& right) {
        for (const int column : columns) {
            if (const auto compared = left.after.at(column) <=> right.after.at(column); compared != 0)
                return compared;
        }
        return std::strong_ordering::equal;
    };
    forEachGroup(first, second, order, [this](RowPointers& lefts, RowPointers& rights) { pairInOrder(lefts, rights); });
}

void Pairing::pairInOrder(RowPointers& first, RowPointers& second)
{
    const Order byNewRow
        = [](const RowChange& left, const RowChange& right) { return compareRows(left.after, right.after); };
    sortBy(first, byNewRow);
    sortBy(second, byNewRow);
    const size_t common = std::min(first.size(), second.size());
    for (size_t place = 0; place < common; ++place)
        m_pairs.push_back({ first[place], second[place] });
    first.erase(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(common));
    second.erase(second.begin(), second.begin() + static_cast<std::ptrdiff_t>(common));
}

qsizetype differences(const RowChange& left, const RowChange& right)
{
    qsizetype count = 0;
    for (qsizetype column = 0; column < left.after.size(); ++column)
        count += left.after.at(column) == right.after.at(column) ? 0 : 1;
    return count;
}

void Pairing::pairNearest(RowPointers& first, RowPointers& second)
{
    constexpr size_t mostComparisons = 40'000;
    if (first.size() * second.size() > mostComparisons)
        return pairInOrder(first, second);
    std::vector<std::tuple<qsizetype, size_t, size_t>> distances;
    for (size_t left = 0; left < first.size(); ++left) {
        for (size_t right = 0; right < second.size(); ++right)
            distances.emplace_back(differences(*first[left], *second[right]), left, right);
    }
    std::ranges::sort(distances);
    for (const auto& [distance, left, right] : distances) {
        if (!first[left] || !second[right])
            continue;
        m_pairs.push_back({ std::exchange(first[left], nullptr), std::exchange(second[right], nullptr) });
    }
    std::erase(first, nullptr);
    std::erase(second, nullptr);
}

void Pairing::pairGroup(RowPointers& first, RowPointers& second)
{
    const auto width = first.front()->after.size();
    const auto isOtherwise = [width](const RowChange* row) { return row->after.size() != width; };
    if (std::ranges::any_of(first, isOtherwise) || std::ranges::any_of(second, isOtherwise))
        return;
    if (first.size() > 1 || second.size() > 1)
        pairByColumns(first, second, telling(first, second));
    pairNearest(first, second);
}

void Pairing::pairSameOldRow(RowPointers& first, RowPointers& second)
{
    forEachGroup(first, second, byOldRow, [this](RowPointers& lefts, RowPointers& rights) {
        const auto pairAll = [this](RowPointers& left, RowPointers& right) { pairGroup(left, right); };
        forEachGroup(lefts, rights, byCause, pairAll);
        if (!lefts.empty() && !rights.empty())
            pairGroup(lefts, rights);
    });
}

} // namespace

std::vector<RowPair> pairRows(RowPointers& first, RowPointers& second, const QList<int>& keyColumns)
{
    Pairing pairing(keyColumns);
    pairing.pairSameOldRow(first, second);
    return std::move(pairing).result();
}

void EditedRows::add(qsizetype row)
{
    m_rows.push_back({ row, m_table.rows.at(row) });
}

void EditedRows::addAll()
{
    for (qsizetype row = 0; row < m_table.rows.size(); ++row)
        add(row);
}

RowPointers EditedRows::pointers()
{
    RowPointers pointers;
    for (Edited& each : m_rows)
        pointers.push_back(&each.change);
    return pointers;
}

void EditedRows::store()
{
    for (const Edited& each : m_rows) {
        if (!std::ranges::equal(m_table.rows.view(each.row).volatileColumns(), each.change.volatileColumns))
            m_table.rows.replace(each.row, each.change);
    }
}

void withoutEqualRows(const TableEffects& first, const TableEffects& second, EditedRows& onlyFirst,
                      EditedRows& onlySecond)
{
    const RowOrder order(first.keyColumns);
    qsizetype left = 0;
    qsizetype right = 0;
    while (left < first.rows.size() || right < second.rows.size()) {
        const auto compared = left == first.rows.size() ? std::strong_ordering::greater
            : right == second.rows.size()               ? std::strong_ordering::less
            : first.rows.view(left).hasEffectOf(second.rows.view(right))
            ? std::strong_ordering::equal
            : order.compare(first.rows.view(left), second.rows.view(right));
        if (compared < 0) {
            onlyFirst.add(left++);
        } else if (compared > 0) {
            onlySecond.add(right++);
        } else {
            ++left;
            ++right;
        }
    }
}

} // namespace holdpoint
