// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatileheirs.h"

#include "effects/pairingorders.h"
#include "effects/volatileinstep.h"
#include "effects/volatilematch.h"

#include <algorithm>
#include <map>

namespace holdpoint {

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
    std::map<std::pair<qsizetype, QList<int>>, RowPlaces> byHidden; // the fewest hidden columns first
    for (qsizetype row = 0; row < m_preview.rows.size(); ++row) {
        const QList<int> hidden = hiddenColumns(row);
        byHidden[{ hidden.size(), hidden }].append(row);
    }
    RowPlaces free = RowPlaces::ofAll(m_now.rows); // nobody's heirs
    for (const bool sameCause : { true, false }) {
        for (auto& [hidden, wanting] : byHidden)
            takeFitting(wanting, free, hidden.second, sameCause);
    }
    RowPlaces rest;
    for (const auto& [hidden, wanting] : byHidden) {
        for (const RowPlace& place : wanting)
            rest.append(place.row);
    }
    const auto pairs = pairRows({ m_preview.rows, rest }, { m_now.rows, free }, m_preview.keyColumns);
    for (const RowPair& pair : pairs)
        inherit(pair.first, pair.second);
    return true;
}

QList<int> VolatileHeirs::hiddenColumns(qsizetype preview) const
{
    const RowView row = m_preview.rows.view(preview);
    QList<int> hidden = row.hasVolatile() ? row.volatileColumns() : QList<int>();
    if (!m_copies.isEmpty()) {
        const Row after = row.decoded().after;
        for (int column = 0; column < after.size(); ++column) {
            if (!hidden.contains(column) && m_copies.mayBeCopy(column, after.at(column)))
                hidden.append(column);
        }
    }
    std::ranges::sort(hidden);
    return hidden;
}

void VolatileHeirs::takeFitting(RowPlaces& wanting, RowPlaces& free, const QList<int>& hidden, bool sameCause)
{
    RowRange heirless(m_preview.rows, wanting);
    RowRange heirs(m_now.rows, free);
    forEachGroup(heirless, heirs, pairing::ByAllBut(hidden, sameCause),
                 [this](RowRange& some, RowRange& others) { takeFittingGroup(some, others); });
    wanting.truncate(heirless.size());
    free.truncate(heirs.size());
}

/// Mostly the first does; looking further is for copies of keys.
void VolatileHeirs::takeFittingGroup(RowRange& wanting, RowRange& free)
{
    constexpr size_t furthest = 64;
    wanting.sort(pairing::ByNewRow());
    free.sort(pairing::ByNewRow());
    size_t first = 0;
    for (size_t index = 0; index < wanting.size(); ++index) {
        while (first < free.size() && free.isTaken(first))
            ++first;
        if (first == free.size())
            break;
        const size_t last = std::min(first + furthest, free.size());
        const RowChange preview = m_preview.rows.at(wanting.row(index));
        size_t heir = first;
        while (heir < last && (free.isTaken(heir) || !fits(preview, free[heir].decoded())))
            ++heir;
        if (heir == last)
            continue;
        inherit(wanting.row(index), free.row(heir));
        wanting.take(index);
        free.take(heir);
    }
    wanting.dropTaken();
    free.dropTaken();
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

void VolatileHeirs::inherit(qsizetype preview, qsizetype now)
{
    RowChange then = m_preview.rows.at(preview);
    const RowChange today = m_now.rows.at(now);
    const QList<int> marksBefore = then.volatileColumns;
    for (int column = 0; column < then.after.size(); ++column) {
        if (then.after.at(column) == today.after.at(column))
            continue;
        if (!fitsVolatile(then, today, column))
            then.volatileColumns.removeAll(column);
        else if (!then.volatileColumns.contains(column)
                 && m_copies.isCopy(column, then.after.at(column), today.after.at(column)))
            then.volatileColumns.append(column);
    }
    if (!std::ranges::equal(then.volatileColumns, marksBefore)) {
        m_preview.rows.replace(preview, then);
        m_markedPreview = true;
    }
    if (!std::ranges::equal(then.volatileColumns, today.volatileColumns))
        m_now.rows.edit(now, [&](RowChange& change) { change.volatileColumns = then.volatileColumns; });
}

} // namespace holdpoint
