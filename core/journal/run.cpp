// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/run.h"

#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

QString outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ready: return u"ready"_s;
    case Outcome::Failed: return u"failed"_s;
    case Outcome::Committed: return u"committed"_s;
    case Outcome::RolledBack: return u"rolled-back"_s;
    case Outcome::RollbackFailed: return u"rollback-failed"_s;
    case Outcome::InDoubt: return u"in-doubt"_s;
    }
    Q_UNREACHABLE();
}

std::optional<Outcome> outcomeFromName(const QString& name)
{
    constexpr std::array outcomes { Outcome::Ready,      Outcome::Failed,         Outcome::Committed,
                                    Outcome::RolledBack, Outcome::RollbackFailed, Outcome::InDoubt };
    for (const Outcome outcome : outcomes) {
        if (outcomeName(outcome) == name)
            return outcome;
    }
    return {};
}

QString runKindName(RunKind kind)
{
    switch (kind) {
    case RunKind::Preview: return u"preview"_s;
    case RunKind::Apply: return u"apply"_s;
    case RunKind::Undo: return u"undo"_s;
    }
    Q_UNREACHABLE();
}

std::optional<RunKind> runKindFromName(const QString& name)
{
    for (const RunKind kind : { RunKind::Preview, RunKind::Apply, RunKind::Undo }) {
        if (runKindName(kind) == name)
            return kind;
    }
    return {};
}

QString commandStatusName(CommandStatus status)
{
    switch (status) {
    case CommandStatus::Ok: return u"ok"_s;
    case CommandStatus::Failed: return u"failed"_s;
    case CommandStatus::Skipped: return u"skipped"_s;
    }
    Q_UNREACHABLE();
}

std::optional<CommandStatus> commandStatusFromName(const QString& name)
{
    for (const CommandStatus status : { CommandStatus::Ok, CommandStatus::Failed, CommandStatus::Skipped }) {
        if (commandStatusName(status) == name)
            return status;
    }
    return {};
}

} // namespace holdpoint
