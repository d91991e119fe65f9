// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatility.h"

#include "effects/volatileheirs.h"
#include "effects/volatileinstep.h"
#include "effects/volatilematch.h"

#include <algorithm>
#include <functional>

namespace holdpoint {

namespace {

void markTable(TableEffects& first, TableEffects& second, const TableKeyCopies& copies)
{
    if (markInStep(first, second, copies))
        return;
    RowPlaces onlyFirst;
    RowPlaces onlySecond;
    withoutEqualRows(first, second, onlyFirst, onlySecond);
    const auto pairs = pairRows({ first.rows, onlyFirst }, { second.rows, onlySecond }, first.keyColumns);
    for (const RowPair& pair : pairs)
        markDifferences(first, pair.first, second, pair.second, copies);
}

void forEachTarget(QList<TargetEffects>& first, QList<TargetEffects>& second,
                   const std::function<void(TargetEffects&, TargetEffects&)>& visit)
{
    for (TargetEffects& target : first) {
        const auto other = std::ranges::find(second, target.target, &TargetEffects::target);
        if (other != second.end())
            visit(target, *other);
    }
}

void forEachTable(TargetEffects& first, TargetEffects& second,
                  const std::function<void(TableEffects&, TableEffects&)>& visit)
{
    for (TableEffects& table : first.tables) {
        const auto same = std::ranges::find_if(second.tables, [&](const TableEffects& each) {
            return each.name == table.name && each.columns == table.columns && each.keyColumns == table.keyColumns;
        });
        if (same != second.tables.end())
            visit(table, *same);
    }
}

} // namespace

void markVolatile(QList<TargetEffects>& first, QList<TargetEffects>& second)
{
    forEachTarget(first, second, [](TargetEffects& left, TargetEffects& right) {
        const KeyCopies copies(left, right);
        forEachTable(left, right,
                     [&](TableEffects& table, TableEffects& again) { markTable(table, again, copies.in(again)); });
        normalize(left);
        normalize(right);
    });
}

bool inheritVolatile(QList<TargetEffects>& reference, QList<TargetEffects>& now)
{
    bool marked = false;
    forEachTarget(reference, now, [&](TargetEffects& left, TargetEffects& right) {
        const KeyCopies copies(left, right);
        bool changed = false;
        forEachTable(left, right, [&](TableEffects& preview, TableEffects& today) {
            const TableKeyCopies here = copies.in(today);
            VolatileHeirs heirs(preview, today, here);
            changed = heirs.mark() || changed;
            marked = marked || heirs.markedPreview();
        });
        if (changed) {
            normalize(left);
            normalize(right);
        }
    });
    return marked;
}

} // namespace holdpoint
