// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/driftjson.h"

#include "base/valuejson.h"
#include "journal/effectsjson.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void writeText(JsonWriter& writer, QLatin1StringView key, const QString& text)
{
    writer.key(key);
    writer.string(text);
}

void writeImage(JsonWriter& writer, QLatin1StringView key, const QStringList& columns,
                const std::optional<RowChange>& change, Row RowChange::*image)
{
    writer.key(key);
    if (change && !((*change).*image).isEmpty())
        writeRow(writer, columns, (*change).*image);
    else
        writer.null();
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
    writeText(writer, "target"_L1, row.target);
    writeText(writer, "schema"_L1, row.table.schema);
    writeText(writer, "table"_L1, row.table.table);
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
    writeText(writer, "text"_L1, row.text);
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
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    row.columns = columnsOf(images);
    row.preview = changeOf(images[0], images[2]);
    row.now = changeOf(images[1], images[3]);
    return row;
}

} // namespace holdpoint
