// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslatetable.h"

#include "effects/postgrespairing.h"
#include "effects/postgresscan.h"
#include "effects/postgresshown.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Result<PostgresCopy> copyOf(const PostgresWorlds& worlds, const PostgresRelation& relation)
{
    PostgresConnection& before = worlds.before();
    PostgresCopy copy;
    auto shape = readShape(before, relation.replaces != 0 ? relation.replaces : relation.shownOid());
    if (!shape)
        return shape.error();
    // A renamed table has its old name again.
    const auto name = before.query({ "SELECT n.nspname, c.relname, coalesce(pg_relation_filenode(c.oid), 0)::int8"
                                     " FROM pg_class c JOIN pg_namespace n"
                                     " ON n.oid = c.relnamespace WHERE c.oid = $1::int8::oid",
                                     { Value::integer(relation.oldOid()) } });
    if (!name)
        return name.error();
    if (name->rows.isEmpty())
        return copy;
    const Row& row = name->rows.constFirst();
    auto versions = readVersions(before, nameIn(row, 0), *shape, PostgresTouching::End);
    if (!versions)
        return versions.error();
    copy.fileNode = row.at(2).toInteger();
    copy.endedSince = worlds.firstXid;
    copy.shape = std::move(*shape);
    copy.versions = std::move(*versions);
    return copy;
}

Result<PostgresFoundTable> completeTable(const PostgresWorlds& worlds, PostgresLateTable late)
{
    for (const PostgresLatePart& part : late.parts) {
        const auto before = copyOf(worlds, part.relation);
        if (!before)
            return before.error();
        addDifference(late.found, part.relation, *before, part.after);
    }
    pairRows(late.found, late.shape);
    countRows(late.found);
    return std::move(late.found);
}

Result<bool> isRolledBack(PostgresConnection& before, const QString& xid)
{
    if (xid.isEmpty())
        return true;
    const auto status = before.query({ "SELECT coalesce(pg_xact_status($1::xid8), '')", { Value::text(xid) } });
    if (!status)
        return status.error();
    return status->rows.at(0).at(0).toText() == "aborted"_L1;
}

} // namespace

TableEffects effectsSoFar(const PostgresLateTable& late, const PostgresAttribution& attribution)
{
    PostgresFoundTable shown;
    shown.effects = late.found.effects;
    for (const PostgresLatePart& part : late.parts)
        addIncomplete(shown, part.relation, u"the batch locks it against every reader: "_s + part.reason);
    const RowCounts counts = countsOf(late.found.rows.changes());
    shown.effects.inserted += counts.inserted;
    shown.effects.updated += counts.updated;
    shown.effects.deleted += counts.deleted;
    late.found.rows.forEach([&](PostgresFoundRow&& row) {
        attribution.assign(row, shown.effects.name);
        shown.effects.rows.append(row.change);
    });
    return std::move(shown.effects);
}

Result<void> completeTables(const PostgresWorlds& worlds, const QString& xid, std::vector<PostgresLateTable> late,
                            PostgresAttribution& attribution, TargetEffects& effects)
{
    const auto rolledBack = isRolledBack(worlds.before(), xid);
    if (!rolledBack)
        return rolledBack.error();
    if (!*rolledBack)
        return {};
    for (PostgresLateTable& one : late) {
        auto completed = completeTable(worlds, std::move(one));
        if (!completed)
            return completed.error();
        attribution.see(*completed);
        pack(*completed, attribution);
        TableEffects& table = completed->effects;
        effects.tables.removeIf([&](const TableEffects& soFar) { return soFar.name == table.name; });
        if (!table.rows.isEmpty() || !table.complete)
            effects.tables.append(std::move(table));
    }
    return {};
}

} // namespace holdpoint
