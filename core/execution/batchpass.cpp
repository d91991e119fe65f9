// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/batchpass.h"

#include "execution/onepass.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A savepoint makes SQLite copy every page before it changes it, and only a failing batch needs one.
bool canDoWithoutSavepoints(const BatchPass& pass, const BatchUses& uses)
{
    const auto isSqlite = [](const Target& target) { return target.engine == EngineKind::SQLite; };
    return pass.onError == OnError::Go && std::ranges::any_of(uses.targets, isSqlite);
}

bool isStoppedByCommand(const Run& run)
{
    return run.failure && run.failure->command && !run.failure->error.isCancelled()
        && !run.failure->error.breaksSession();
}

// A session keeps a function's plan, though another session has changed a column's type since, and what a function
// prepared, though all else was rolled back. It also remembers the tables that it wrote.
bool isByWhatSessionKept(const Run& run)
{
    const auto isKept = [](const Error& error) {
        return error.kind == ErrorKind::Outdated || error.sqlState == "42804"_L1 || error.sqlState == "42P05"_L1;
    };
    const auto failedByIt = [&](const CommandReport& command) { return command.error && isKept(*command.error); };
    const bool isUndone = run.outcome == Outcome::Failed || run.outcome == Outcome::RolledBack;
    return run.failure && isUndone && !run.failure->error.breaksSession()
        && (isKept(run.failure->error) || std::ranges::any_of(run.commands, failedByIt));
}

PassRest runWithFewSavepoints(const PoolSource& pools, const BatchPass& pass, const BatchUses& uses, Run& run)
{
    if (!canDoWithoutSavepoints(pass, uses))
        return runOnePass(pools, pass, uses, run);
    const Run begun = run;
    BatchPass untilFailure = pass;
    untilFailure.onError = OnError::Stop;
    PassRest rest = runOnePass(pools, untilFailure, uses, run);
    if (!isStoppedByCommand(run) || run.outcome == Outcome::RollbackFailed)
        return rest;
    run = begun; // and rolled back: now with all its failures
    return runOnePass(pools, pass, uses, run);
}

} // namespace

PassRest runPass(const PoolSource& pools, const BatchPass& pass, Run& run)
{
    const BatchUses uses = usesOf(pass);
    const Run begun = run;
    PassRest rest = runWithFewSavepoints(pools, pass, uses, run);
    if (uses.sessionOfItsOwn || !isByWhatSessionKept(run))
        return rest;
    for (const Target& target : uses.targets)
        pools(target)->closeIdle();
    run = begun; // and rolled back
    return runWithFewSavepoints(pools, pass, uses, run);
}

} // namespace holdpoint
