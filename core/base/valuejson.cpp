// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/valuejson.h"

#include "base/jsonfields.h"

#include <QStringDecoder>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void writeBytes(JsonWriter& writer, const QByteArray& bytes, bool asText)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    writer.key("base64"_L1);
    writer.string(QLatin1StringView(bytes.toBase64()));
    if (asText) {
        writer.key("as"_L1);
        writer.string("text"_L1);
    }
    writer.endObject();
}

Value textOfBytes(const QByteArray& bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder(bytes);
    if (decoder.hasError() || bytes.contains('\0'))
        return Value::rawText(bytes);
    return Value::text(std::move(text));
}

Result<Value> bytesFromJson(const JsonNode& node, const JsonSource& source)
{
    JsonFields fields(node, source);
    const JsonNode* base64 = fields.required("base64"_L1, JsonNode::Kind::String);
    const JsonNode* as = fields.optional("as"_L1);
    if (as && (as->kind() != JsonNode::Kind::String || as->toString() != "text"_L1))
        fields.fail(as->offset(), u"\"as\" can only be \"text\""_s);
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    const QByteArray encoded = base64->toString().toUtf8();
    const auto decoded = QByteArray::fromBase64Encoding(encoded, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || decoded.decoded.toBase64() != encoded)
        return source.errorAt(base64->offset(), u"this is not base64 (RFC 4648, with padding)"_s);
    return as ? textOfBytes(decoded.decoded) : Value::blob(decoded.decoded);
}

Result<Value> textFromJson(const JsonNode& node, const JsonSource& source)
{
    if (node.toString().contains(QChar::Null))
        return source.errorAt(node.offset(),
                              u"the string holds the character NUL; write {\"base64\": \"...\", \"as\": \"text\"}"_s);
    return Value::text(node.toString());
}

} // namespace

void writeValue(JsonWriter& writer, const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Null: return writer.null();
    case Value::Kind::Boolean: return writer.boolean(value.toBoolean());
    case Value::Kind::Integer: return writer.integer(value.toInteger());
    case Value::Kind::Real: return writer.real(value.toReal());
    case Value::Kind::Text: return writer.string(value.toText());
    case Value::Kind::Blob: return writeBytes(writer, value.toBytes(), false);
    case Value::Kind::RawText: return writeBytes(writer, value.toBytes(), true);
    }
    Q_UNREACHABLE();
}

Result<Value> valueFromJson(const JsonNode& node, const JsonSource& source)
{
    switch (node.kind()) {
    case JsonNode::Kind::Null: return Value::null();
    case JsonNode::Kind::Boolean: return Value::boolean(node.toBoolean());
    case JsonNode::Kind::Integer: return Value::integer(node.toInteger());
    case JsonNode::Kind::Real: return Value::real(node.toReal());
    case JsonNode::Kind::String: return textFromJson(node, source);
    case JsonNode::Kind::Object: return bytesFromJson(node, source);
    case JsonNode::Kind::Array: break;
    }
    return source.errorAt(node.offset(),
                          u"a value cannot be an array; write the database's own text of it as a string"_s);
}

} // namespace holdpoint
