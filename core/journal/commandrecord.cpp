// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/commandrecord.h"

#include "base/jsonreader.h"
#include "command/commandformat.h"
#include "journal/errorjson.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

qint64 microseconds(const CommandReport& command)
{
    return std::llround(command.milliseconds * 1000);
}

// A program's own command cannot be read back from its batch.
bool canBeShort(const QList<CommandReport>& commands)
{
    for (qsizetype place = 0; place < commands.size(); ++place) {
        const CommandReport& command = commands.at(place);
        if (command.index != place || !commandFormat(command.operation))
            return false;
    }
    return true;
}

void writeShort(JsonWriter& writer, const CommandReport& command)
{
    writer.beginArray();
    writer.string(commandStatusName(command.status));
    writer.integer(command.rows);
    writer.integer(microseconds(command));
    if (command.error)
        writeError(writer, *command.error);
    writer.endArray();
}

CommandReport readLong(JsonFields& fields, const JsonSource& source)
{
    CommandReport command;
    command.index = static_cast<int>(fields.integer("index"_L1));
    command.operation = fields.text("op"_L1);
    command.target = fields.text("target"_L1);
    command.status = readNamed(fields, "status"_L1, &commandStatusFromName, CommandStatus::Skipped);
    command.rows = fields.integer("rows"_L1);
    if (const JsonNode* time = fields.required("ms"_L1, JsonNode::Kind::Real))
        command.milliseconds = time->toReal();
    command.description = fields.text("description"_L1);
    command.error = readOptionalError(fields, "error"_L1, source);
    return command;
}

Result<CommandReport> readShort(const JsonNode& node, const JsonSource& source, const StoreCommand& kept, int index)
{
    using Kind = JsonNode::Kind;
    const JsonNode::Elements& parts = node.elements();
    const bool wellFormed = parts.size() >= 3 && parts[0].kind() == Kind::String && parts[1].kind() == Kind::Integer
        && parts[2].kind() == Kind::Integer;
    const auto status = wellFormed ? commandStatusFromName(parts[0].toString()) : std::nullopt;
    if (!status)
        return source.errorAt(node.offset(), u"a command is its status, its rows and its time"_s);
    CommandReport command;
    command.index = index;
    command.operation = kept.operation();
    command.target = kept.target();
    command.description = kept.describe();
    command.status = *status;
    command.rows = parts[1].toInteger();
    command.milliseconds = static_cast<double>(parts[2].toInteger()) / 1000;
    if (parts.size() > 3) {
        JsonFields fields(parts[3], source);
        command.error = readError(fields);
        if (const auto finished = fields.finish(); !finished)
            return finished.error();
    }
    return command;
}

Result<CommandReport> readEither(const JsonNode& node, const JsonSource& source, const Batch* batch, int index)
{
    if (node.kind() == JsonNode::Kind::Array) {
        if (batch && index < batch->commands.size())
            return readShort(node, source, *batch->commands.at(index), index);
        return source.errorAt(node.offset(), u"the batch has no command %1"_s.arg(index));
    }
    JsonFields fields(node, source);
    CommandReport command = readLong(fields, source);
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    return command;
}

} // namespace

void writeCommand(JsonWriter& writer, const CommandReport& command, WithDescription description)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    writer.key("index"_L1);
    writer.integer(command.index);
    writer.string("op"_L1, command.operation);
    writer.string("target"_L1, command.target);
    writer.string("status"_L1, commandStatusName(command.status));
    writer.key("rows"_L1);
    writer.integer(command.rows);
    writer.key("ms"_L1);
    writer.real(static_cast<double>(microseconds(command)) / 1000);
    if (description == WithDescription::Yes)
        writer.string("description"_L1, command.description);
    if (command.error) {
        writer.key("error"_L1);
        writeError(writer, *command.error);
    }
    writer.endObject();
}

QByteArray commandsToJson(const QList<CommandReport>& commands, bool batchIsKept)
{
    const bool isShort = batchIsKept && canBeShort(commands);
    JsonWriter writer;
    writer.beginArray();
    for (const CommandReport& command : commands) {
        if (isShort)
            writeShort(writer, command);
        else
            writeCommand(writer, command, WithDescription::Yes);
    }
    writer.endArray();
    return writer.take();
}

Result<QList<CommandReport>> commandsFromJson(const QByteArray& json, const Batch* batch)
{
    const JsonSource source { json, u"commands"_s };
    const auto root = parseJson(source);
    if (!root)
        return root.error();
    if (root->kind() != JsonNode::Kind::Array)
        return source.errorAt(0, u"commands are an array"_s);
    QList<CommandReport> commands;
    commands.reserve(static_cast<qsizetype>(root->elements().size()));
    for (const JsonNode& element : root->elements()) {
        auto command = readEither(element, source, batch, static_cast<int>(commands.size()));
        if (!command)
            return command.error();
        commands.append(std::move(command).value());
    }
    return commands;
}

} // namespace holdpoint
