// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/driftjson.h"

#include "base/valuejson.h"
#include "journal/effectsjson.h"

#include <algorithm>
#include <array>
#include <tuple>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void writeImage(JsonWriter& writer, QLatin1StringView key, const QStringList& columns,
                const std::optional<RowChange>& change, Row RowChange::*image)
{
    writer.key(key);
    if (change && !((*change).*image).isEmpty())
        writeRow(writer, columns, (*change).*image);
    else
        writer.null();
}

// What is known of the change beside its two images.
void writeChange(JsonWriter& writer, QLatin1StringView key, const QStringList& columns,
                 const std::optional<RowChange>& change)
{
    writer.key(key);
    if (!change)
        return writer.null();
    writer.beginObject(JsonWriter::Layout::OneLine);
    writer.string("change"_L1, changeName(change->change));
    writer.string("origin"_L1, change->origin == Origin::Direct ? u"direct"_s : u"indirect"_s);
    writer.key("command"_L1);
    if (change->command)
        writer.integer(*change->command);
    else
        writer.null();
    if (!change->partition.isEmpty())
        writer.string("partition"_L1, change->partition);
    writer.key("volatile"_L1);
    writer.beginArray(JsonWriter::Layout::OneLine);
    for (const int column : change->volatileColumns)
        writer.string(columns.at(column));
    writer.endArray();
    writer.endObject();
}

Result<void> readChange(const JsonNode& node, const JsonSource& source, const QStringList& columns, RowChange& change)
{
    JsonFields fields(node, source);
    std::ignore = fields.text("change"_L1); // the images tell it too
    change.origin = fields.text("origin"_L1) == "indirect"_L1 ? Origin::Indirect : Origin::Direct;
    const JsonNode* command = fields.required("command"_L1);
    if (command && command->kind() == JsonNode::Kind::Integer)
        change.command = static_cast<int>(command->toInteger());
    change.partition = fields.text("partition"_L1, {});
    for (const JsonNode& name : fields.array("volatile"_L1)) {
        const qsizetype column = name.kind() == JsonNode::Kind::String ? columns.indexOf(name.toString()) : -1;
        if (column >= 0)
            change.volatileColumns.append(static_cast<int>(column));
        else
            fields.fail(name.offset(), u"a volatile column is one of the row's"_s);
    }
    return fields.finish();
}

Result<NamedValues> readValues(const JsonNode* node, const JsonSource& source)
{
    NamedValues values;
    if (!node || node->isNull())
        return values;
    if (node->kind() != JsonNode::Kind::Object)
        return source.errorAt(node->offset(), u"a row is an object or null"_s);
    for (const JsonMember& member : node->members()) {
        auto value = valueFromJson(member.value, source);
        if (!value)
            return value.error();
        values.append({ member.key, std::move(value).value() });
    }
    return values;
}

Row rowOf(const NamedValues& values)
{
    Row row;
    for (const NamedValue& value : values)
        row.append(value.value);
    return row;
}

std::optional<RowChange> changeOf(const NamedValues& before, const NamedValues& after)
{
    if (before.isEmpty() && after.isEmpty())
        return {};
    RowChange change;
    change.change = before.isEmpty() ? ChangeKind::Insert : after.isEmpty() ? ChangeKind::Delete : ChangeKind::Update;
    change.before = rowOf(before);
    change.after = rowOf(after);
    return change;
}

QStringList columnsOf(const std::array<NamedValues, 4>& images)
{
    QStringList columns;
    const auto filled = std::ranges::find_if(images, [](const NamedValues& values) { return !values.isEmpty(); });
    if (filled == images.end())
        return columns;
    for (const NamedValue& value : *filled)
        columns.append(value.column);
    return columns;
}

} // namespace

void writeDrift(JsonWriter& writer, const DriftRow& row)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    writer.string("target"_L1, row.target);
    writer.string("schema"_L1, row.table.schema);
    writer.string("table"_L1, row.table.table);
    writer.key("key"_L1);
    if (row.key.isEmpty()) {
        writer.null();
    } else {
        writer.beginObject(JsonWriter::Layout::OneLine);
        for (const NamedValue& value : row.key) {
            writer.key(value.column);
            writeValue(writer, value.value);
        }
        writer.endObject();
    }
    writeImage(writer, "before_at_preview"_L1, row.columns, row.preview, &RowChange::before);
    writeImage(writer, "before_now"_L1, row.columns, row.now, &RowChange::before);
    writeImage(writer, "after_at_preview"_L1, row.columns, row.preview, &RowChange::after);
    writeImage(writer, "after_now"_L1, row.columns, row.now, &RowChange::after);
    writeChange(writer, "at_preview"_L1, row.columns, row.preview);
    writeChange(writer, "now"_L1, row.columns, row.now);
    writer.string("text"_L1, row.text);
    writer.endObject();
}

Result<DriftRow> readDrift(const JsonNode& node, const JsonSource& source)
{
    JsonFields fields(node, source);
    DriftRow row;
    row.target = fields.text("target"_L1);
    row.table = { fields.text("schema"_L1), fields.text("table"_L1) };
    row.text = fields.text("text"_L1);
    std::array<NamedValues, 4> images;
    const auto read = [&](QLatin1StringView key, NamedValues& values) {
        auto result = readValues(fields.required(key), source);
        if (result)
            values = std::move(result).value();
        else
            fields.fail(result.error());
    };
    read("key"_L1, row.key);
    read("before_at_preview"_L1, images[0]);
    read("before_now"_L1, images[1]);
    read("after_at_preview"_L1, images[2]);
    read("after_now"_L1, images[3]);
    // Runs of earlier versions have not told these.
    const JsonNode* atPreview = fields.optional("at_preview"_L1);
    const JsonNode* now = fields.optional("now"_L1);
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    row.columns = columnsOf(images);
    row.preview = changeOf(images[0], images[2]);
    row.now = changeOf(images[1], images[3]);
    for (const auto& [told, change] : { std::pair(atPreview, &row.preview), std::pair(now, &row.now) }) {
        if (!told || told->isNull() || !*change)
            continue;
        if (const auto read = readChange(*told, source, row.columns, **change); !read)
            return read.error();
    }
    return row;
}

} // namespace holdpoint
