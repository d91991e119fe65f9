// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/runjson.h"

#include "journal/commandrecord.h"
#include "journal/driftjson.h"
#include "journal/effectsjson.h"
#include "journal/errorjson.h"
#include "journal/locksjson.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString timeText(const QDateTime& time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

void writeTarget(JsonWriter& writer, const TargetReport& target)
{
    writer.beginObject();
    writer.string("name"_L1, target.name);
    writer.string("engine"_L1, engineName(target.engine));
    writer.string("uri"_L1, target.uri);
    writer.string("outcome"_L1, outcomeName(target.outcome));
    writer.key("evidence"_L1);
    writer.raw(QJsonDocument(target.evidence).toJson(QJsonDocument::Compact));
    if (target.rollbackError) {
        writer.key("rollback_error"_L1);
        writeError(writer, *target.rollbackError);
    }
    writer.endObject();
}

void writeCommandsKey(JsonWriter& writer, const Run& run)
{
    writer.key("commands"_L1);
    writer.beginArray();
    for (const CommandReport& command : run.commands)
        writeCommand(writer, command, WithDescription::No);
    writer.endArray();
}

void writeLocks(JsonWriter& writer, const Run& run)
{
    if (std::ranges::none_of(run.targets, [](const TargetReport& target) { return target.locks.has_value(); }))
        return;
    writer.key("locks"_L1);
    writer.beginArray();
    for (const TargetReport& target : run.targets) {
        if (!target.locks)
            continue;
        writer.beginObject();
        writer.string("target"_L1, target.name);
        writeLocksMembers(writer, *target.locks);
        writer.endObject();
    }
    writer.endArray();
}

void writePreview(JsonWriter& writer, const Run& run, const RunJsonOptions& options)
{
    writer.string("format"_L1, u"holdpoint-preview/1"_s);
    writer.string("outcome"_L1, outcomeName(run.outcome));
    writer.string("digest"_L1, run.digest);
    if (run.failure) {
        writer.key("failure"_L1);
        writeFailure(writer, *run.failure);
    }
    writeCommandsKey(writer, run);
    writer.key("targets"_L1);
    writeEffects(writer, run.effects, options.maxRows);
    writeLocks(writer, run);
}

void writeOrigin(JsonWriter& writer, const Run& run)
{
    writer.string("run"_L1, run.id);
    writer.string("kind"_L1, runKindName(run.kind));
    if (!run.undoOf.isEmpty())
        writer.string("undo_of"_L1, run.undoOf);
    writer.string("title"_L1, run.title);
    if (!run.reason.isEmpty())
        writer.string("batch_reason"_L1, run.reason);
    writer.string("started"_L1, timeText(run.started));
    writer.string("ended"_L1, timeText(run.ended));
}

void writeRun(JsonWriter& writer, const Run& run, const RunJsonOptions& options)
{
    writer.string("format"_L1, u"holdpoint-run/1"_s);
    writeOrigin(writer, run);
    writer.string("outcome"_L1, outcomeName(run.outcome));
    writer.string("reason"_L1, run.cause);
    writer.string("digest"_L1, run.digest);
    writer.key("targets"_L1);
    writer.beginArray();
    for (const TargetReport& target : run.targets)
        writeTarget(writer, target);
    writer.endArray();
    writer.key("failure"_L1);
    if (run.failure)
        writeFailure(writer, *run.failure);
    else
        writer.null();
    writer.key("drift"_L1);
    writer.beginArray();
    for (const DriftRow& row : run.drift)
        writeDrift(writer, row);
    writer.endArray();
    writeLocks(writer, run);
    if (!options.commandsAndEffects)
        return;
    writeCommandsKey(writer, run);
    writer.key("effects"_L1);
    writeEffects(writer, run.effects, options.maxRows);
}

} // namespace

QByteArray runToJson(const Run& run, const RunJsonOptions& options)
{
    JsonWriter writer(options.indented ? JsonWriter::Layout::Lines : JsonWriter::Layout::OneLine);
    const bool preview = run.outcome == Outcome::Ready || run.outcome == Outcome::Failed;
    writer.beginObject();
    if (preview && options.commandsAndEffects)
        writePreview(writer, run, options);
    else
        writeRun(writer, run, options);
    writer.endObject();
    return writer.take();
}

} // namespace holdpoint
