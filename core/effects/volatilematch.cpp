// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatilematch.h"

#include "effects/pairingorders.h"
#include "effects/rowvalues.h"
#include "effects/spillindex.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <vector>

namespace holdpoint {

namespace {

std::string_view newValue(RowView row, int column)
{
    const std::string_view value = row.after().at(column);
    return packed::markOf(value) == packed::Mark::Unchanged ? row.before().at(column) : value;
}

/// A sum over the values of each of the columns, whatever their order.
std::vector<quint64> sumsOf(const RowRange& rows, const QList<int>& columns)
{
    std::vector<quint64> sums(static_cast<size_t>(rows[0].after().count));
    for (size_t index = 0; index < rows.size(); ++index) {
        RowValues values = RowValues::after(rows[index]);
        for (size_t column = 0; column < sums.size(); ++column) {
            const std::string_view value = values.next();
            if (columns.contains(static_cast<int>(column)))
                sums[column] += SpillIndex::mixed(0, SpillIndex::hashOf(value));
        }
    }
    return sums;
}

/// Whether all values of a column are among the other's.
bool hasAllValues(const RowRange& many, const RowRange& few, int column)
{
    const auto valueIn = [column](const RowRange& rows, size_t index) { return newValue(rows[index], column); };
    SpillIndex values;
    for (size_t index = 0; index < many.size(); ++index)
        values.insert(SpillIndex::hashOf(valueIn(many, index)), static_cast<qint64>(index));
    for (size_t index = 0; index < few.size(); ++index) {
        const std::string_view value = valueIn(few, index);
        const auto isEqual = [&](qint64 other) { return valueIn(many, static_cast<size_t>(other)) == value; };
        if (values.take(SpillIndex::hashOf(value), isEqual) == SpillIndex::none)
            return false;
    }
    return true;
}

/// Those of the columns in which the shorter list's values are all among the other's.
QList<int> withSameValues(const RowRange& first, const RowRange& second, const QList<int>& columns)
{
    QList<int> same;
    if (first.size() == second.size()) {
        const std::vector<quint64> left = sumsOf(first, columns);
        const std::vector<quint64> right = sumsOf(second, columns);
        const auto isEqual
            = [&](int column) { return left[static_cast<size_t>(column)] == right[static_cast<size_t>(column)]; };
        std::ranges::copy_if(columns, std::back_inserter(same), isEqual);
        return same;
    }
    const RowRange& many = first.size() > second.size() ? first : second;
    const RowRange& few = first.size() > second.size() ? second : first;
    std::ranges::copy_if(columns, std::back_inserter(same),
                         [&](int column) { return hasAllValues(many, few, column); });
    return same;
}

/// Of the row in which the fewest are.
QList<int> volatileColumns(const RowRange& rows)
{
    QList<int> fewest = rows[0].hasVolatile() ? rows[0].volatileColumns() : QList<int>();
    for (size_t index = 1; index < rows.size() && !fewest.isEmpty(); ++index) {
        const QList<int> columns = rows[index].hasVolatile() ? rows[index].volatileColumns() : QList<int>();
        if (columns.size() < fewest.size())
            fewest = columns;
    }
    return fewest;
}

qsizetype differences(RowView left, RowView right)
{
    qsizetype count = 0;
    RowValues rights = RowValues::after(right);
    for (RowValues lefts = RowValues::after(left); !lefts.atEnd();)
        count += lefts.next() == rights.next() ? 0 : 1;
    return count;
}

class Pairing
{
public:
    explicit Pairing(const QList<int>& keyColumns)
        : m_keyColumns(keyColumns)
    {
    }
    void pairSameOldRow(RowRange first, RowRange second);
    [[nodiscard]] SpillVector<RowPair> result() && { return std::move(m_pairs); }

private:
    void pairGroup(RowRange& first, RowRange& second);
    void pairNearest(RowRange& first, RowRange& second, const pairing::InOrderOfNewValues& order);
    void pairInOrder(RowRange& first, RowRange& second);
    void pair(RowRange& first, size_t left, RowRange& second, size_t right);
    [[nodiscard]] QList<int> telling(const RowRange& first, const RowRange& second) const;

    const QList<int>& m_keyColumns;
    SpillVector<RowPair> m_pairs;
};

void Pairing::pair(RowRange& first, size_t left, RowRange& second, size_t right)
{
    m_pairs.push_back({ first.row(left), second.row(right) });
    first.take(left);
    second.take(right);
}

/// The columns that tell which row of one run is which of the other's.
QList<int> Pairing::telling(const RowRange& first, const RowRange& second) const
{
    const QList<int> hidden = volatileColumns(first);
    const auto isHidden = [&](int column) { return hidden.contains(column); };
    if (!m_keyColumns.isEmpty() && std::ranges::none_of(m_keyColumns, isHidden)
        && withSameValues(first, second, m_keyColumns).size() == m_keyColumns.size())
        return m_keyColumns;
    QList<int> columns(first[0].after().count);
    std::iota(columns.begin(), columns.end(), 0);
    columns.removeIf(isHidden);
    return withSameValues(first, second, columns);
}

void Pairing::pairInOrder(RowRange& first, RowRange& second)
{
    const size_t common = std::min(first.size(), second.size());
    first.sort(pairing::ByNewRow());
    second.sort(pairing::ByNewRow());
    for (size_t place = 0; place < common; ++place)
        pair(first, place, second, place);
    first.dropTaken();
    second.dropTaken();
}

void Pairing::pairNearest(RowRange& first, RowRange& second, const pairing::InOrderOfNewValues& order)
{
    constexpr size_t mostComparisons = 40'000;
    if (first.isEmpty() || second.isEmpty())
        return;
    if (first.size() * second.size() > mostComparisons)
        return pairInOrder(first, second);
    first.sort(order);
    second.sort(order);
    std::vector<std::tuple<qsizetype, size_t, size_t>> distances;
    for (size_t left = 0; left < first.size(); ++left) {
        for (size_t right = 0; right < second.size(); ++right)
            distances.emplace_back(differences(first[left], second[right]), left, right);
    }
    std::ranges::sort(distances);
    for (const auto& [distance, left, right] : distances) {
        if (!first.isTaken(left) && !second.isTaken(right))
            pair(first, left, second, right);
    }
    first.dropTaken();
    second.dropTaken();
}

void Pairing::pairGroup(RowRange& first, RowRange& second)
{
    const auto width = first[0].after().count;
    const auto haveWidth = [width](const RowRange& rows) {
        for (size_t index = 0; index < rows.size(); ++index) {
            if (rows[index].after().count != width)
                return false;
        }
        return true;
    };
    if (!haveWidth(first) || !haveWidth(second))
        return;
    const bool hasChoice = first.size() > 1 || second.size() > 1;
    const auto values = pairing::ByNewValues::of(hasChoice ? telling(first, second) : QList<int>());
    forEachGroup(first, second, values, [this](RowRange& lefts, RowRange& rights) { pairInOrder(lefts, rights); });
    pairNearest(first, second, { values });
}

void Pairing::pairSameOldRow(RowRange first, RowRange second)
{
    const auto pairAll = [this](RowRange& lefts, RowRange& rights) { pairGroup(lefts, rights); };
    forEachGroup(first, second, pairing::ByOldRow(), [&](RowRange& lefts, RowRange& rights) {
        forEachGroup(lefts, rights, pairing::ByCause(), pairAll);
        if (!lefts.isEmpty() && !rights.isEmpty())
            pairGroup(lefts, rights);
    });
}

} // namespace

SpillVector<RowPair> pairRows(RowRange first, RowRange second, const QList<int>& keyColumns)
{
    Pairing pairing(keyColumns);
    pairing.pairSameOldRow(first, second);
    return std::move(pairing).result();
}

void withoutEqualRows(const TableEffects& first, const TableEffects& second, RowPlaces& onlyFirst,
                      RowPlaces& onlySecond)
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
            onlyFirst.append(left++);
        } else if (compared > 0) {
            onlySecond.append(right++);
        } else {
            ++left;
            ++right;
        }
    }
}

} // namespace holdpoint
