// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/commandformat.h"

#include "base/valuejson.h"
#include "command/deleterow.h"
#include "command/importrows.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

enum class Empty { Refused, Allowed };

// A name or an SQL text, which cannot hold NUL. SQLite has tables and columns without a name.
QString requiredText(JsonFields& fields, QLatin1StringView key, const CommandPlace& place, Empty empty = Empty::Refused)
{
    const JsonNode* node = fields.required(key, JsonNode::Kind::String);
    if (!node)
        return {};
    if (empty == Empty::Refused && node->toString().isEmpty())
        fields.fail(node->offset(), u"\"%1\" is empty"_s.arg(key));
    if (node->toString().contains(QChar::Null))
        fields.fail(node->offset(), u"\"%1\" holds the character NUL"_s.arg(key));
    return place.strings.shared(node->toString());
}

QString readTarget(JsonFields& fields, const CommandPlace& place)
{
    return requiredText(fields, "target"_L1, place);
}

TableName readTable(JsonFields& fields, const CommandPlace& place)
{
    TableName name;
    if (const JsonNode* schema = fields.optional("schema"_L1); schema && !schema->isNull())
        name.schema = requiredText(fields, "schema"_L1, place);
    name.table = requiredText(fields, "table"_L1, place, Empty::Allowed);
    return name;
}

Value readValue(JsonFields& fields, const JsonNode& node, const CommandPlace& place)
{
    auto value = valueFromJson(node, place.source);
    if (value)
        return std::move(value).value();
    fields.fail(value.error());
    return {};
}

NamedValues readValues(JsonFields& fields, QLatin1StringView key, const JsonNode* node, const CommandPlace& place)
{
    NamedValues values;
    if (!node)
        return values;
    if (node->members().empty())
        fields.fail(node->offset(), u"\"%1\" names no column"_s.arg(key));
    values.reserve(static_cast<qsizetype>(node->members().size()));
    for (const JsonMember& member : node->members()) {
        if (member.key.contains(QChar::Null))
            fields.fail(member.offset, u"this cannot be a column's name"_s);
        values.append({ member.key, readValue(fields, member.value, place) });
    }
    return values;
}

NamedValues readRequired(JsonFields& fields, QLatin1StringView key, const CommandPlace& place)
{
    return readValues(fields, key, fields.required(key, JsonNode::Kind::Object), place);
}

NamedValues readOptional(JsonFields& fields, QLatin1StringView key, const CommandPlace& place)
{
    return readValues(fields, key, fields.optional(key, JsonNode::Kind::Object), place);
}

void writeTable(JsonWriter& writer, const TableName& table)
{
    if (!table.schema.isEmpty())
        writer.string("schema"_L1, table.schema);
    writer.string("table"_L1, table.table);
}

void writeValues(JsonWriter& writer, QLatin1StringView key, const NamedValues& values)
{
    if (values.isEmpty())
        return;
    writer.key(key);
    writer.beginObject();
    for (const NamedValue& value : values) {
        writer.key(value.column);
        writeValue(writer, value.value);
    }
    writer.endObject();
}

// An insert without "values" takes every default.
StoreCommandPtr readInsert(JsonFields& fields, const CommandPlace& place)
{
    QString target = readTarget(fields, place);
    TableName table = readTable(fields, place);
    return std::make_shared<InsertRow>(std::move(target), std::move(table), readOptional(fields, "values"_L1, place));
}

void writeInsert(const StoreCommand& command, JsonWriter& writer, const QDir&)
{
    const auto& insert = dynamic_cast<const InsertRow&>(command);
    writeTable(writer, insert.table());
    writeValues(writer, "values"_L1, insert.values());
}

StoreCommandPtr readUpdate(JsonFields& fields, const CommandPlace& place)
{
    QString target = readTarget(fields, place);
    TableName table = readTable(fields, place);
    NamedValues key = readRequired(fields, "key"_L1, place);
    NamedValues set = readRequired(fields, "set"_L1, place);
    return std::make_shared<UpdateRow>(std::move(target), std::move(table), std::move(key), std::move(set),
                                       readOptional(fields, "expect"_L1, place));
}

void writeUpdate(const StoreCommand& command, JsonWriter& writer, const QDir&)
{
    const auto& update = dynamic_cast<const UpdateRow&>(command);
    writeTable(writer, update.table());
    writeValues(writer, "key"_L1, update.key());
    writeValues(writer, "set"_L1, update.set());
    writeValues(writer, "expect"_L1, update.expect());
}

StoreCommandPtr readDelete(JsonFields& fields, const CommandPlace& place)
{
    QString target = readTarget(fields, place);
    TableName table = readTable(fields, place);
    NamedValues key = readRequired(fields, "key"_L1, place);
    return std::make_shared<DeleteRow>(std::move(target), std::move(table), std::move(key),
                                       readOptional(fields, "expect"_L1, place));
}

void writeDelete(const StoreCommand& command, JsonWriter& writer, const QDir&)
{
    const auto& removal = dynamic_cast<const DeleteRow&>(command);
    writeTable(writer, removal.table());
    writeValues(writer, "key"_L1, removal.key());
    writeValues(writer, "expect"_L1, removal.expect());
}

StoreCommandPtr readSql(JsonFields& fields, const CommandPlace& place)
{
    QString target = readTarget(fields, place);
    QString text = requiredText(fields, "text"_L1, place);
    QList<Value> parameters;
    for (const JsonNode& node : fields.array("params"_L1))
        parameters.append(readValue(fields, node, place));
    std::optional<qint64> rows;
    if (const JsonNode* node = fields.optional("expect_rows"_L1, JsonNode::Kind::Integer)) {
        rows = node->toInteger();
        if (*rows < 0)
            fields.fail(node->offset(), u"\"expect_rows\" cannot be negative"_s);
    }
    return std::make_shared<RunSql>(std::move(target), std::move(text), std::move(parameters), rows);
}

void writeSql(const StoreCommand& command, JsonWriter& writer, const QDir&)
{
    const auto& sql = dynamic_cast<const RunSql&>(command);
    writer.string("text"_L1, sql.text());
    if (!sql.parameters().isEmpty()) {
        writer.key("params"_L1);
        writer.beginArray();
        for (const Value& value : sql.parameters())
            writeValue(writer, value);
        writer.endArray();
    }
    if (sql.expectRows()) {
        writer.key("expect_rows"_L1);
        writer.integer(*sql.expectRows());
    }
}

StoreCommandPtr readImport(JsonFields& fields, const CommandPlace& place)
{
    QString target = readTarget(fields, place);
    TableName table = readTable(fields, place);
    const QString file = requiredText(fields, "file"_L1, place);
    return std::make_shared<ImportRows>(std::move(target), std::move(table), file,
                                        QDir::cleanPath(place.base.absoluteFilePath(file)));
}

void writeImport(const StoreCommand& command, JsonWriter& writer, const QDir& base)
{
    const auto& import = dynamic_cast<const ImportRows&>(command);
    writeTable(writer, import.table());
    // Written for another folder, the file's name as it was would name another file.
    const bool same = QDir::cleanPath(base.absoluteFilePath(import.file())) == import.path();
    writer.string("file"_L1, same ? import.file() : import.path());
}

constexpr std::array formats = {
    CommandFormat { "insert"_L1, readInsert, writeInsert }, CommandFormat { "update"_L1, readUpdate, writeUpdate },
    CommandFormat { "delete"_L1, readDelete, writeDelete }, CommandFormat { "sql"_L1, readSql, writeSql },
    CommandFormat { "import"_L1, readImport, writeImport },
};

} // namespace

const CommandFormat* commandFormat(QStringView op)
{
    const auto* found = std::ranges::find_if(formats, [op](const CommandFormat& format) { return op == format.op; });
    return found == formats.end() ? nullptr : found;
}

QStringList knownOperations()
{
    QStringList names;
    for (const CommandFormat& format : formats)
        names.append(format.op);
    return names;
}

QString SharedStrings::shared(const QString& text)
{
    constexpr qsizetype longest = 1024;
    constexpr size_t most = 4096;
    if (text.size() > longest)
        return text;
    const auto known = m_known.find(text);
    if (known != m_known.end())
        return *known;
    if (m_known.size() < most)
        m_known.insert(text);
    return text;
}

} // namespace holdpoint
