// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslatetable.h"

#include "effects/postgresscan.h"

#include <algorithm>

namespace holdpoint {

namespace {

Result<PostgresCopy> copyOf(PostgresConnection& before, const PostgresRelation& relation)
{
    PostgresCopy copy;
    auto shape = readShape(before, relation.replaces != 0 ? relation.replaces : relation.shownOid());
    if (!shape)
        return shape.error();
    // A renamed table has its old name again.
    const auto name = before.query({ "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
                                     " ON n.oid = c.relnamespace WHERE c.oid = $1::int8::oid",
                                     { Value::integer(relation.oldOid()) } });
    if (!name)
        return name.error();
    if (name->rows.isEmpty())
        return copy;
    const Row& row = name->rows.constFirst();
    auto versions = readVersions(before, { row.at(0).toText(), row.at(1).toText() }, *shape);
    if (!versions)
        return versions.error();
    copy.shape = std::move(*shape);
    copy.versions = std::move(*versions);
    return copy;
}

} // namespace

Result<void> completeTable(PostgresConnection& before, const PostgresTables::Waiting& waiting,
                           PostgresAttribution& attribution, TargetEffects& effects)
{
    const auto shown = std::ranges::find(effects.tables, waiting.relation.shownName(), &TableEffects::name);
    if (shown == effects.tables.end())
        return {};
    const auto copy = copyOf(before, waiting.relation);
    if (!copy)
        return copy.error();
    std::vector<PostgresFoundTable> tables(1);
    PostgresFoundTable& table = tables.front();
    table.effects.name = waiting.relation.shownName();
    addDifference(waiting.relation, *copy, waiting.after, table);
    countRows(table);
    attribution.see(tables);
    shown->columns = table.effects.columns;
    shown->keyColumns = table.effects.keyColumns;
    shown->generated = table.effects.generated;
    shown->inserted += table.effects.inserted;
    shown->updated += table.effects.updated;
    shown->deleted += table.effects.deleted;
    table.rows.forEach([&](PostgresFoundRow&& row) {
        attribution.assign(row, table.effects.name);
        shown->rows.append(row.change);
    });
    shown->complete = !waiting.relation.filtered;
    shown->incompleteReason = shown->complete ? QString() : hiddenByPolicies();
    return {};
}

} // namespace holdpoint
