// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresshown.h"

#include "effects/postgrestold.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

void addRows(PostgresFoundTable& table, const PostgresRelation& relation, PostgresFoundRows rows)
{
    const QString partition = relation.shownPartition();
    table.partitioned = table.partitioned || (!rows.isEmpty() && !partition.isEmpty());
    if (table.rows.isEmpty() && partition.isEmpty())
        table.rows = std::move(rows);
    else
        table.rows.append(rows, partition);
}

void addDifference(PostgresFoundTable& table, const PostgresRelation& relation, const PostgresCopy& before,
                   const PostgresCopy& after)
{
    const bool rewritten = relation.dropped || before.fileNode != relation.fileNode;
    table.effects.way = CaptureWay::Copied;
    addRows(table, relation, diffCopies(before, after, rewritten, table.effects));
    if (relation.filtered && !relation.isNew())
        addIncomplete(table, relation,
                      u"row level security may hide rows from this user, and the server does not count what it"
                      " rewrites"_s);
}

void addIncomplete(PostgresFoundTable& table, const PostgresRelation& relation, const QString& reason)
{
    TableEffects& effects = table.effects;
    effects.complete = false;
    const QString where = relation.root != 0 ? u"partition %1: "_s.arg(relation.name.table) : QString();
    effects.incompleteReason += (effects.incompleteReason.isEmpty() ? QString() : u"; "_s) + where + reason;
    if (!relation.readable) {
        effects.inserted += relation.inserted;
        effects.updated += relation.updated;
        effects.deleted += relation.deleted;
    }
}

void pack(PostgresFoundTable& table, const PostgresAttribution& attribution)
{
    TableEffects& effects = table.effects;
    const auto add = [&](PostgresFoundRow&& row) {
        attribution.assign(row, effects.name);
        effects.rows.append(row.change);
    };
    const PostgresFoundRows rows = std::exchange(table.rows, {});
    rows.forEach(add);
    const auto told = std::exchange(table.told, nullptr);
    if (!told)
        return;
    told->take([&](PostgresFoundRow&& row) {
        ++(row.change.change == ChangeKind::Update ? effects.updated : effects.inserted);
        add(std::move(row));
    });
}

} // namespace holdpoint
