// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/boxed.h"
#include "base/error.h"
#include "effects/drift.h"
#include "effects/effects.h"
#include "effects/heldlocks.h"

#include <QDateTime>
#include <QJsonObject>

namespace holdpoint {

using RunId = QString; ///< 26 characters, sortable by time (ULID)

enum class RunKind { Preview, Apply, Undo };
/// Ready and Failed are the two ends of a preview, the others of an apply or undo.
enum class Outcome { Ready, Failed, Committed, RolledBack, RollbackFailed, InDoubt };

enum class CommandStatus { Ok, Failed, Skipped };

/// What became of one command.
struct CommandReport
{
    int index = 0;
    QString operation;
    QString target;
    QString description;
    CommandStatus status = CommandStatus::Skipped;
    qint64 rows = 0;
    double milliseconds = 0; ///< between the previous command's result and this one's
    Boxed<Error> error;
    friend bool operator==(const CommandReport&, const CommandReport&) = default;
};

/// What became of one target.
struct TargetReport
{
    QString name;
    QString uri; ///< without secrets
    EngineKind engine = EngineKind::SQLite;
    Outcome outcome = Outcome::RolledBack;
    QJsonObject evidence; ///< what tells the outcome of a COMMIT: xid, pid, system identifier, …
    std::optional<Error> rollbackError;
    std::optional<HeldLocks> locks; ///< none: no transaction was begun
    friend bool operator==(const TargetReport&, const TargetReport&) = default;
};

/// Which command failed, and why; without an index it is the run that failed (COMMIT, connecting).
struct Failure
{
    std::optional<int> command;
    QString target;
    Error error;
    friend bool operator==(const Failure&, const Failure&) = default;
};

/// One preview, apply or undo of a batch, as the journal keeps it and every front end shows it.
struct Run
{
    RunId id;
    RunKind kind = RunKind::Preview;
    RunId undoOf; ///< the run that an undo inverts
    QString title;
    QString reason; ///< the batch's reason (a ticket), in the operator's words
    QDateTime started; ///< UTC
    QDateTime ended;
    Outcome outcome = Outcome::RolledBack;
    QString cause; ///< the contract's "reason": empty, "command-failed", "drift", "cancelled", "commit-failed", …
    QString digest;
    QList<CommandReport> commands;
    QList<TargetReport> targets;
    QList<TargetEffects> effects; ///< in the order of targets
    std::optional<Failure> failure;
    QList<DriftRow> drift;
    friend bool operator==(const Run&, const Run&) = default;
};

[[nodiscard]] QString outcomeName(Outcome outcome); ///< "ready", "rolled-back", …
[[nodiscard]] std::optional<Outcome> outcomeFromName(const QString& name);
[[nodiscard]] QString runKindName(RunKind kind); ///< "preview", "apply", "undo"
[[nodiscard]] std::optional<RunKind> runKindFromName(const QString& name);
[[nodiscard]] QString commandStatusName(CommandStatus status); ///< "ok", "failed", "skipped"
[[nodiscard]] std::optional<CommandStatus> commandStatusFromName(const QString& name);

} // namespace holdpoint
