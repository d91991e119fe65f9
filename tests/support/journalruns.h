// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/insertrow.h"
#include "command/runsql.h"
#include "journal/journal.h"
#include "support/effectsrows.h"

#include <limits>

namespace holdpoint {

using namespace Qt::StringLiterals;

using JournalPtr = std::shared_ptr<Journal>;

inline JournalPtr openJournal(const QString& path)
{
    auto journal = Journal::open(path).takeResult();
    if (!journal) {
        qWarning().noquote() << journal.error().text();
        return {};
    }
    return std::move(journal).value();
}

inline Target shop()
{
    Target target;
    target.name = u"shop"_s;
    target.address = u"/srv/shop.db"_s;
    target.environment = Environment::Production;
    return target;
}

inline Batch exampleBatch(const QString& title = u"Refund"_s)
{
    Batch batch;
    batch.title = title;
    batch.reason = u"SUP-12"_s;
    batch.targets = { shop() };
    batch.commands
        = { std::make_shared<InsertRow>(u"shop"_s, TableName { u"main"_s, u"orders"_s },
                                        NamedValues { { u"id"_s, number(std::numeric_limits<qint64>::max()) },
                                                      { u"note"_s, Value::rawText("\xff") } }),
            std::make_shared<RunSql>(u"shop"_s, u"DELETE FROM orders WHERE id = ?1"_s,
                                     QList<Value> { Value::real(-0.0) }, 1) };
    return batch;
}

inline QList<TargetEffects> exampleEffects(qint64 total)
{
    return { shopEffects({ tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, { 0 },
                                        { updatedRow({ number(1), number(5) }, { number(1), number(total) }) }) }) };
}

/// Times as the journal keeps them.
inline QDateTime now()
{
    return QDateTime::fromMSecsSinceEpoch(QDateTime::currentMSecsSinceEpoch(), Qt::UTC);
}

inline Run newRun(RunKind kind = RunKind::Apply)
{
    Run run;
    run.id = newRunId();
    run.kind = kind;
    run.title = u"Refund"_s;
    run.reason = u"SUP-12"_s;
    run.started = now();
    TargetReport target;
    target.name = u"shop"_s;
    target.uri = u"sqlite:/srv/shop.db"_s;
    run.targets = { target };
    return run;
}

inline Run withEffects(Run run, qint64 total = 6)
{
    run.effects = exampleEffects(total);
    run.digest = digest(run.effects);
    run.targets[0].evidence = { { u"counter"_s, 7 } };
    return run;
}

inline Run ended(Run run, Outcome outcome)
{
    run.outcome = outcome;
    run.targets[0].outcome = outcome;
    run.ended = now();
    CommandReport command;
    command.operation = u"insert"_s;
    command.target = u"shop"_s;
    command.description = exampleBatch().commands.first()->describe();
    command.status = CommandStatus::Ok;
    command.rows = 1;
    command.milliseconds = 0.25;
    run.commands = { command };
    return run;
}

/// A run that went all the way.
inline Run writeRun(Journal& journal, Outcome outcome = Outcome::Committed, Run run = newRun())
{
    if (!journal.intent(run, exampleBatch()).takeResult().ok())
        qFatal("intent");
    run = withEffects(run);
    if (!journal.committing(run).takeResult().ok())
        qFatal("committing");
    run = ended(run, outcome);
    if (!journal.outcome(run).takeResult().ok())
        qFatal("outcome");
    return run;
}

inline Run writePreview(Journal& journal, qint64 total)
{
    const Run run = ended(withEffects(newRun(RunKind::Preview), total), Outcome::Ready);
    if (!journal.outcome(run).takeResult().ok())
        qFatal("outcome");
    return run;
}

inline Run headOf(Run run)
{
    run.effects.clear();
    run.commands.clear();
    return run;
}

} // namespace holdpoint
