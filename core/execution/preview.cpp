// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/preview.h"

#include "effects/volatility.h"

namespace holdpoint {

Run newRun(RunKind kind, const Batch& batch)
{
    Run run;
    run.id = newRunId();
    run.kind = kind;
    run.title = batch.title;
    run.reason = batch.reason;
    run.started = QDateTime::currentDateTimeUtc();
    return run;
}

namespace {

void addLocks(Run& run, const Run& second)
{
    for (qsizetype i = 0; i < run.targets.size() && i < second.targets.size(); ++i) {
        if (run.targets.at(i).locks && second.targets.at(i).locks)
            addSecondRun(*run.targets[i].locks, *second.targets.at(i).locks);
    }
}

} // namespace

Run previewBatch(const PoolSource& pools, const Batch& batch, const RunOptions& options, RunKind kind)
{
    Run run = newRun(kind, batch);
    const BatchPass pass { batch, options, OnError::Go, UnitOfWork::Decision::RollBack, {} };
    const bool mayBeVolatile = runPass(pools, pass, run);
    if (mayBeVolatile && run.outcome == Outcome::Ready) {
        Run second = newRun(kind, batch);
        runPass(pools, pass, second);
        if (second.outcome == Outcome::Ready) {
            markVolatile(run.effects, second.effects);
            run.digest = digest(run.effects);
            addLocks(run, second);
        } else {
            second.id = run.id; // the batch fails when it is run again: that is what the operator must see
            run = std::move(second);
        }
    }
    run.ended = QDateTime::currentDateTimeUtc();
    return run;
}

} // namespace holdpoint
