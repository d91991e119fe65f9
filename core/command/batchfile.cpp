// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batchfile.h"

#include "command/batchreader.h"
#include "target/targetjson.h"
#include "target/targeturi.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void writeTarget(JsonWriter& writer, const Target& target, const QDir& base)
{
    writer.key(target.name);
    if (target.environment == Environment::Development && !target.readOnly)
        return writer.string(targetUri(target, base));
    writer.beginObject(JsonWriter::Layout::OneLine);
    writeTargetMembers(writer, target, base);
    writer.endObject();
}

void writeCommand(JsonWriter& writer, const StoreCommand& command, const QDir& base)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    writer.string("op"_L1, command.operation());
    writer.string("target"_L1, command.target());
    if (const CommandFormat* format = commandFormat(command.operation()))
        format->write(command, writer, base);
    else // a program's own command: a log can show it, reading it back is refused
        writer.string("description"_L1, command.describe());
    writer.endObject();
}

} // namespace

Result<Batch> readBatch(const QByteArray& json, const BatchFileOptions& options)
{
    return BatchReader(json, options).read();
}

QByteArray writeBatch(const Batch& batch, const QDir& base)
{
    JsonWriter writer(JsonWriter::Layout::Lines);
    writer.beginObject();
    writer.string("format"_L1, u"holdpoint-batch/1"_s);
    writer.string("title"_L1, batch.title);
    writer.string("reason"_L1, batch.reason);
    writer.key("targets"_L1);
    writer.beginObject();
    for (const Target& target : batch.targets)
        writeTarget(writer, target, base);
    writer.endObject();
    writer.key("commands"_L1);
    writer.beginArray();
    for (const StoreCommandPtr& command : batch.commands)
        writeCommand(writer, *command, base);
    writer.endArray();
    writer.endObject();
    return writer.take() + '\n';
}

} // namespace holdpoint
