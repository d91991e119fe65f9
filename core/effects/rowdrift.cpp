// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/rowdrift.h"

#include "effects/roworder.h"

#include <algorithm>

namespace holdpoint {

namespace {

bool sameNewValues(const RowChange& preview, const RowChange& now)
{
    if (preview.after.size() != now.after.size())
        return false;
    for (qsizetype column = 0; column < now.after.size(); ++column) {
        const int index = static_cast<int>(column);
        if (preview.after.at(column) != now.after.at(column) && !preview.volatileColumns.contains(index)
            && !now.volatileColumns.contains(index))
            return false;
    }
    return true;
}

bool sameEffect(RowView left, RowView right)
{
    if (left.hasEffectOf(right))
        return true;
    const RowChange preview = left.decoded();
    const RowChange now = right.decoded();
    return preview.change == now.change && preview.before == now.before && sameNewValues(preview, now);
}

/// Compares runs of rows with an equal key; without a key the whole table is one run.
class RowComparison
{
public:
    RowComparison(const QString& target, const TableEffects& preview, const TableEffects& now, QList<DriftRow>& found)
        : m_target(target)
        , m_preview(preview)
        , m_now(now)
        , m_order(preview.keyColumns)
        , m_found(found)
    {
    }

    void compare();

private:
    using Place = RowChanges::Iterator<RowView>;
    using Rows = std::vector<RowView>;

    void compareRun(Place left, Place leftEnd, Place right, Place rightEnd);
    void pairRest(const Rows& previews, const Rows& nows);
    void pairBySameOldRow(const Rows& previews, const Rows& nows);
    void pairByKey(const Rows& previews, const Rows& nows);
    void pairUp(const Rows& previews, const Rows& nows, Rows& previewRest, Rows& nowRest);
    [[nodiscard]] static std::pair<Rows, Rows> partition(const Rows& rows);
    void append(const std::optional<RowView>& preview, const std::optional<RowView>& now);
    [[nodiscard]] Place endOfRun(Place from, Place end) const;

    const QString& m_target;
    const TableEffects& m_preview;
    const TableEffects& m_now;
    RowOrder m_order;
    QList<DriftRow>& m_found;
};

RowComparison::Place RowComparison::endOfRun(Place from, Place end) const
{
    const Place first = from;
    while (from != end && m_order.compareKeys(*first, *from) == 0)
        ++from;
    return from;
}

void RowComparison::compare()
{
    Place left = m_preview.rows.views().begin();
    Place right = m_now.rows.views().begin();
    const Place leftLast = m_preview.rows.views().end();
    const Place rightLast = m_now.rows.views().end();
    while (left != leftLast || right != rightLast) {
        const auto order = left == leftLast ? std::strong_ordering::greater
            : right == rightLast            ? std::strong_ordering::less
                                            : m_order.compareKeys(*left, *right);
        const Place leftEnd = order <= 0 ? endOfRun(left, leftLast) : left;
        const Place rightEnd = order >= 0 ? endOfRun(right, rightLast) : right;
        compareRun(left, leftEnd, right, rightEnd);
        left = leftEnd;
        right = rightEnd;
    }
}

void RowComparison::compareRun(Place left, Place leftEnd, Place right, Place rightEnd)
{
    Rows previews;
    Rows nows;
    while (left != leftEnd && right != rightEnd) {
        if (sameEffect(*left, *right)) {
            ++left;
            ++right;
        } else if (RowOrder::compareRows(*left, *right) < 0) {
            previews.push_back(*left++);
        } else {
            nows.push_back(*right++);
        }
    }
    for (; left != leftEnd; ++left)
        previews.push_back(*left);
    for (; right != rightEnd; ++right)
        nows.push_back(*right);
    pairRest(previews, nows);
}

void RowComparison::pairRest(const Rows& previews, const Rows& nows)
{
    if (m_preview.keyColumns.isEmpty())
        pairBySameOldRow(previews, nows);
    else
        pairByKey(previews, nows);
}

// Without a key, only an old row that is the same says that two changes are of the same row.
void RowComparison::pairBySameOldRow(const Rows& previews, const Rows& nows)
{
    auto left = previews.begin();
    auto right = nows.begin();
    while (left != previews.end() || right != nows.end()) {
        const auto order = left == previews.end() ? std::strong_ordering::greater
            : right == nows.end()                 ? std::strong_ordering::less
                                                  : RowOrder::compareBefore(*left, *right);
        if (order == 0 && left->before().count > 0)
            append(*left++, *right++);
        else if (order <= 0)
            append(*left++, {});
        else
            append({}, *right++);
    }
}

// One key can stand for two changes: a row that left it and a row that was inserted with it.
void RowComparison::pairByKey(const Rows& previews, const Rows& nows)
{
    const auto [previewInserts, previewOthers] = partition(previews);
    const auto [nowInserts, nowOthers] = partition(nows);
    Rows previewRest;
    Rows nowRest;
    pairUp(previewInserts, nowInserts, previewRest, nowRest);
    pairUp(previewOthers, nowOthers, previewRest, nowRest);
    Rows previewAlone;
    Rows nowAlone;
    pairUp(previewRest, nowRest, previewAlone, nowAlone);
    for (const RowView row : previewAlone)
        append(row, {});
    for (const RowView row : nowAlone)
        append({}, row);
}

std::pair<RowComparison::Rows, RowComparison::Rows> RowComparison::partition(const Rows& rows)
{
    std::pair<Rows, Rows> parts;
    for (const RowView row : rows)
        (row.change() == ChangeKind::Insert ? parts.first : parts.second).push_back(row);
    return parts;
}

void RowComparison::pairUp(const Rows& previews, const Rows& nows, Rows& previewRest, Rows& nowRest)
{
    const size_t common = std::min(previews.size(), nows.size());
    for (size_t place = 0; place < common; ++place)
        append(previews[place], nows[place]);
    const auto offset = static_cast<std::ptrdiff_t>(common);
    previewRest.insert(previewRest.end(), previews.begin() + offset, previews.end());
    nowRest.insert(nowRest.end(), nows.begin() + offset, nows.end());
}

void RowComparison::append(const std::optional<RowView>& preview, const std::optional<RowView>& now)
{
    DriftRow row;
    row.target = m_target;
    row.table = m_preview.name;
    row.columns = m_preview.columns;
    if (preview)
        row.preview = preview->decoded();
    if (now)
        row.now = now->decoded();
    const RowChange& named = row.preview ? *row.preview : *row.now;
    const Row& keyRow = named.change == ChangeKind::Insert ? named.after : named.before;
    for (const int column : m_preview.keyColumns)
        row.key.append({ m_preview.columns.at(column), keyRow.at(column) });
    m_found.append(row);
}

} // namespace

void compareRows(const QString& target, const TableEffects& preview, const TableEffects& now, QList<DriftRow>& found)
{
    RowComparison(target, preview, now, found).compare();
}

} // namespace holdpoint
