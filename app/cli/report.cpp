// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.h"

#include "base/jsonwriter.h"
#include "effectstext.h"

using namespace Qt::StringLiterals;

namespace holdpoint::cli {

namespace {

Ink inkOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ready:
    case Outcome::Committed: return Ink::Green;
    case Outcome::RolledBack: return Ink::Yellow;
    case Outcome::Failed:
    case Outcome::RollbackFailed:
    case Outcome::InDoubt: return Ink::Red;
    }
    Q_UNREACHABLE();
}

QString oneLine(const QString& title)
{
    constexpr qsizetype longest = 200;
    const QString line = title.simplified();
    return line.size() > longest ? line.first(longest) + u'…' : line;
}

QString heading(const Run& run, const Terminal& terminal)
{
    QString line = terminal.inked(Ink::Strong, run.title.isEmpty() ? u"(no title)"_s : oneLine(run.title));
    if (!run.reason.isEmpty())
        line += u" (%1)"_s.arg(run.reason);
    return line;
}

QString verdict(const Run& run, const Terminal& terminal)
{
    QString line = u"%1 %2"_s.arg(runKindName(run.kind), terminal.inked(inkOf(run.outcome), outcomeName(run.outcome)));
    if (!run.cause.isEmpty())
        line += u" (%1)"_s.arg(run.cause);
    return line + u"  run %1"_s.arg(run.id);
}

QStringList errorText(const Error& error, const QString& indent)
{
    QStringList lines;
    const QString state = error.sqlState.isEmpty() ? QString() : u" (SQLSTATE %1)"_s.arg(error.sqlState);
    // libpq's messages go on in lines of their own, indented by a tab.
    lines.append(indent + QString(error.message).replace(u"\n\t"_s, u"\n"_s).replace(u'\n', u'\n' + indent) + state);
    for (const auto& [name, text] : { std::pair(u"detail"_s, error.detail), std::pair(u"hint"_s, error.hint),
                                      std::pair(u"constraint"_s, error.constraint) }) {
        if (!text.isEmpty())
            lines.append(u"%1%2: %3"_s.arg(indent, name, text));
    }
    if (error.position > 0)
        lines.append(u"%1at character %2 of the statement"_s.arg(indent).arg(error.position));
    return lines;
}

QStringList commandsText(const Run& run, const Terminal& terminal)
{
    QStringList lines;
    qint64 ok = 0;
    qint64 skipped = 0;
    for (const CommandReport& command : run.commands) {
        ok += command.status == CommandStatus::Ok;
        skipped += command.status == CommandStatus::Skipped;
        if (command.status != CommandStatus::Failed)
            continue;
        lines.append(terminal.inked(Ink::Red, u"command %1 failed on %2: "_s.arg(command.index).arg(command.target))
                     + command.description);
        if (command.error)
            lines += errorText(*command.error, u"    "_s);
    }
    if (run.commands.isEmpty() && run.outcome == Outcome::Ready)
        lines.append(u"the batch has no commands"_s);
    if (!lines.isEmpty() && !run.commands.isEmpty())
        lines.append(u"%1 ok, %2 failed, %3 skipped"_s.arg(ok).arg(run.commands.size() - ok - skipped).arg(skipped));
    return lines;
}

QStringList failureText(const Run& run, const Terminal& terminal)
{
    if (!run.failure || run.failure->command)
        return {}; // a command's failure is told with the command
    const QString where = run.failure->target.isEmpty() ? u"failed:"_s : u"failed on %1:"_s.arg(run.failure->target);
    return QStringList { terminal.inked(Ink::Red, where) } + errorText(run.failure->error, u"    "_s);
}

QStringList targetsText(const Run& run, const Terminal& terminal)
{
    QStringList lines;
    for (const TargetReport& target : run.targets) {
        if (run.kind != RunKind::Preview || target.rollbackError)
            lines.append(
                u"%1: %2"_s.arg(target.name, terminal.inked(inkOf(target.outcome), outcomeName(target.outcome))));
        if (target.rollbackError) {
            lines.append(terminal.inked(Ink::Red, u"    the rollback said:"_s));
            lines += errorText(*target.rollbackError, u"    "_s);
        }
    }
    return lines;
}

} // namespace

namespace {

QStringList locksLines(const Run& run, const Terminal& terminal)
{
    QStringList lines;
    const bool several = run.targets.size() > 1;
    for (const TargetReport& target : run.targets) {
        if (!target.locks)
            continue;
        const QString place = several ? target.name + u": "_s : QString();
        lines.append(terminal.inked(Ink::Dim, place + locksText(*target.locks)));
        for (const WaitingSession& session : target.locks->waiting.value_or(QList<WaitingSession>()))
            lines.append(terminal.inked(Ink::Yellow, u"  "_s + waitingText(session)));
    }
    return lines;
}

} // namespace

QString runText(const Run& run, const Terminal& terminal, qint64 maxRows)
{
    QStringList lines { heading(run, terminal), verdict(run, terminal) };
    lines += commandsText(run, terminal);
    lines += failureText(run, terminal);
    lines += targetsText(run, terminal);
    for (const TargetEffects& effects : run.effects)
        lines += QStringList { QString() } + effectsText(effects, terminal, maxRows);
    if (!run.drift.isEmpty())
        lines += QStringList { QString(), terminal.inked(Ink::Red, u"drift:"_s) }
            + driftText(run.drift, terminal, maxRows);
    lines += QString();
    lines += locksLines(run, terminal);
    if (!run.digest.isEmpty())
        lines += u"digest "_s + run.digest;
    if (lines.constLast().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

QString runListText(const QList<Run>& runs, const Terminal& terminal)
{
    if (runs.isEmpty())
        return u"no runs"_s;
    QList<QStringList> rows { { u"RUN"_s, u"STARTED (UTC)"_s, u"KIND"_s, u"OUTCOME"_s, u"CAUSE"_s, u"TARGETS"_s,
                                u"TITLE"_s } };
    for (const Run& run : runs) {
        QStringList targets;
        for (const TargetReport& target : run.targets)
            targets.append(target.name);
        rows.append({ run.id, run.started.toString(u"yyyy-MM-dd HH:mm:ss"_s), runKindName(run.kind),
                      outcomeName(run.outcome), run.cause, targets.join(u','), oneLine(run.title) });
    }
    QStringList lines = aligned(rows, {});
    for (qsizetype i = 0; i < lines.size(); ++i)
        lines[i] = i == 0 ? terminal.inked(Ink::Strong, lines.at(i))
                          : terminal.inked(inkOf(runs.at(i - 1).outcome), lines.at(i));
    return lines.join(u'\n');
}

QString queueText(const QList<QueueEntry>& entries, const Terminal& terminal)
{
    if (entries.isEmpty())
        return u"the queue is empty"_s;
    QList<QStringList> rows { { u"POSITION"_s, u"ID"_s, u"ADDED (UTC)"_s, u"TARGETS"_s, u"TITLE"_s } };
    for (const QueueEntry& entry : entries)
        rows.append({ QString::number(entry.position), QString::number(entry.id),
                      entry.added.toString(u"yyyy-MM-dd HH:mm:ss"_s), entry.targets.join(u','), oneLine(entry.title) });
    QStringList lines = aligned(rows, {});
    lines[0] = terminal.inked(Ink::Strong, lines.at(0));
    return lines.join(u'\n');
}

QByteArray queueJson(const QList<QueueEntry>& entries)
{
    JsonWriter json(JsonWriter::Layout::Lines);
    json.beginObject();
    json.key("format"_L1);
    json.string("holdpoint-queue/1"_L1);
    json.key("entries"_L1);
    json.beginArray();
    for (const QueueEntry& entry : entries) {
        json.beginObject(JsonWriter::Layout::OneLine);
        json.key("id"_L1);
        json.integer(entry.id);
        json.key("position"_L1);
        json.integer(entry.position);
        json.key("title"_L1);
        json.string(entry.title);
        json.key("reason"_L1);
        json.string(entry.reason);
        json.key("targets"_L1);
        json.beginArray();
        for (const QString& target : entry.targets)
            json.string(target);
        json.endArray();
        json.key("digest"_L1);
        json.string(entry.digest);
        json.key("added"_L1);
        json.string(entry.added.toUTC().toString(Qt::ISODateWithMs));
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.take();
}

int exitCode(const Error& error)
{
    switch (error.kind) {
    case ErrorKind::Usage:
    case ErrorKind::File: return 2;
    case ErrorKind::Unreachable: return 3;
    case ErrorKind::Drift: return 4;
    case ErrorKind::Cancelled: return 130;
    case ErrorKind::Statement:
    case ErrorKind::Guard:
    case ErrorKind::Timeout:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Outdated:
    case ErrorKind::Internal: return 1;
    }
    Q_UNREACHABLE();
}

int exitCode(const Run& run)
{
    switch (run.outcome) {
    case Outcome::Ready:
    case Outcome::Committed: return 0;
    case Outcome::InDoubt: return 5;
    case Outcome::RollbackFailed: return 6;
    case Outcome::Failed:
    case Outcome::RolledBack: break;
    }
    if (!run.failure || run.failure->command)
        return run.failure && run.failure->error.isCancelled() ? 130 : 1;
    return exitCode(run.failure->error);
}

} // namespace holdpoint::cli
