// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/undo.h"

#include "effects/inverse.h"
#include "schema/schemareader.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A table that is gone is left out: the inverse names it.
Result<QList<Table>> describedTables(const PoolSource& pools, const Target& target, const TargetEffects& effects,
                                     const ConnectionOptions& options)
{
    auto reader = pools(target)->reader(options);
    if (!reader)
        return reader.error();
    return (*reader)
        ->run([&](Connection& connection) -> Result<QList<Table>> {
            const auto schema = SchemaReader::forConnection(connection);
            QList<Table> tables;
            for (const TableEffects& changed : effects.tables) {
                auto table = schema->tableWithKeys(changed.name.schema, changed.name.table);
                if (table)
                    tables.append(std::move(table).value());
                else if (table.error().breaksSession())
                    return table.error();
            }
            return tables;
        })
        .takeResult();
}

} // namespace

Result<Batch> undoBatch(const PoolSource& pools, Journal& journal, const RunId& id, const ConnectionOptions& options)
{
    const auto run = journal.run(id).takeResult();
    if (!run)
        return run.error();
    if (run->outcome != Outcome::Committed)
        return makeError(ErrorKind::Usage,
                         u"Run %1 is %2: only a committed run can be undone"_s.arg(run->id, outcomeName(run->outcome)));
    const auto batch = journal.batchOf(run->id).takeResult();
    if (!batch)
        return batch.error();
    QMap<QString, QList<Table>> tables;
    for (const TargetEffects& effects : run->effects) {
        const Target* target = batch->target(effects.target);
        if (!target)
            return makeError(ErrorKind::Internal, u"Run %1 has no target %2"_s.arg(run->id, effects.target));
        auto described = describedTables(pools, *target, effects, options);
        if (!described)
            return described.error();
        tables.insert(effects.target, std::move(described).value());
    }
    auto inverse = inverseBatch(run->title, run->effects, batch->targets, tables);
    if (inverse)
        inverse->reason = u"undo of run %1"_s.arg(run->id);
    return inverse;
}

} // namespace holdpoint
