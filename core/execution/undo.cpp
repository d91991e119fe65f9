// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/undo.h"

#include "effects/inverse.h"
#include "execution/passreport.h"
#include "execution/preview.h"
#include "schema/schemareader.h"

#include <algorithm>

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
                else if (!SchemaReader::isNoSuchTable(table.error()))
                    return table.error();
            }
            return tables;
        })
        .takeResult();
}

QString reasonOf(const Run& undone)
{
    return u"undo of run %1"_s.arg(undone.id);
}

Batch unknownInverse(const Run& undone, const QList<Target>& targets)
{
    Batch batch;
    batch.title = inverseTitle(undone.title);
    batch.reason = reasonOf(undone);
    std::ranges::copy_if(targets, std::back_inserter(batch.targets), [&](const Target& target) {
        return std::ranges::find(undone.effects, target.name, &TargetEffects::target) != undone.effects.end();
    });
    return batch;
}

} // namespace

Result<UndoBatch> undoBatch(const PoolSource& pools, Journal& journal, const RunId& id,
                            const ConnectionOptions& options)
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
            return UndoBatch { unknownInverse(*run, batch->targets), Failure { {}, target->name, described.error() } };
        tables.insert(effects.target, std::move(described).value());
    }
    auto inverse = inverseBatch(run->title, run->effects, batch->targets, tables);
    if (!inverse)
        return inverse.error();
    inverse->reason = reasonOf(*run);
    return UndoBatch { std::move(inverse).value(), {} };
}

Run untouchedUndo(const UndoBatch& undo)
{
    Run run = newRun(RunKind::Undo, undo.batch);
    run.targets = targetReports(undo.batch.targets);
    run.failure = undo.failure;
    concludeUntouched(run, UnitOfWork::Decision::RollBack);
    run.ended = QDateTime::currentDateTimeUtc();
    return run;
}

} // namespace holdpoint
