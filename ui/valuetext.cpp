// SPDX-License-Identifier: GPL-3.0-or-later
#include "valuetext.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

enum class Affinity { Integer, Text, Blob, Real, Numeric };

// https://www.sqlite.org/datatype3.html, 3.1: the rules in their order.
Affinity affinityOf(const QString& type)
{
    const auto has = [&](QLatin1StringView part) { return type.contains(part, Qt::CaseInsensitive); };
    if (has("INT"_L1))
        return Affinity::Integer;
    if (has("CHAR"_L1) || has("CLOB"_L1) || has("TEXT"_L1))
        return Affinity::Text;
    if (type.isEmpty() || has("BLOB"_L1))
        return Affinity::Blob;
    if (has("REAL"_L1) || has("FLOA"_L1) || has("DOUB"_L1))
        return Affinity::Real;
    return Affinity::Numeric;
}

std::optional<QByteArray> bytesFromHex(const QString& text)
{
    static const QRegularExpression form(u"^[xX]'((?:[0-9a-fA-F]{2})*)'$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    return QByteArray::fromHex(match.captured(1).toLatin1());
}

bool looksLikeBytes(const QString& text)
{
    return text.startsWith("x'"_L1, Qt::CaseInsensitive) && text.endsWith('\''_L1);
}

std::optional<Value> number(const QString& text)
{
    bool ok = false;
    if (const qint64 integer = text.toLongLong(&ok); ok)
        return Value::integer(integer);
    if (const double real = text.toDouble(&ok); ok)
        return Value::real(real);
    return std::nullopt;
}

std::optional<Value> sqliteValue(const QString& text, const Column& column)
{
    const Affinity affinity = affinityOf(column.type);
    if (affinity == Affinity::Text)
        return Value::text(text);
    if (affinity == Affinity::Blob && looksLikeBytes(text)) {
        const auto bytes = bytesFromHex(text);
        return bytes ? std::optional(Value::blob(*bytes)) : std::nullopt;
    }
    return number(text).value_or(Value::text(text));
}

std::optional<Value> postgresValue(const QString& text, const Column& column)
{
    const QString& type = column.type;
    if (type == "bytea"_L1 && looksLikeBytes(text)) {
        const auto bytes = bytesFromHex(text);
        return bytes ? std::optional(Value::blob(*bytes)) : std::nullopt;
    }
    if (type == "boolean"_L1 && (text == "true"_L1 || text == "false"_L1))
        return Value::boolean(text == "true"_L1);
    if (type == "smallint"_L1 || type == "integer"_L1 || type == "bigint"_L1) {
        bool ok = false;
        if (const qint64 integer = text.toLongLong(&ok); ok)
            return Value::integer(integer);
    }
    return Value::text(text);
}

} // namespace

QString cellText(const Value& value, int limit)
{
    // A long value is cut before it is converted: a cell is painted often.
    const bool isBytes = value.kind() == Value::Kind::Blob;
    QString text = isBytes && value.toBytes().size() > limit
        ? "x'"_L1 + QString::fromLatin1(value.toBytes().left(limit).toHex())
        : value.kind() == Value::Kind::Text ? value.toText().left(limit + 1)
                                            : value.display();
    if (text.size() > limit)
        text = text.left(limit) + QChar(0x2026);
    text.replace('\n'_L1, QChar(0x21b5));
    for (QChar& character : text) {
        if (character.category() == QChar::Other_Control)
            character = QChar(0xfffd);
    }
    return text;
}

QString editText(const Value& value)
{
    return value.isNull() ? QString() : value.display();
}

std::optional<Value> valueFromText(const QString& text, const Column& column, EngineKind engine)
{
    return engine == EngineKind::SQLite ? sqliteValue(text, column) : postgresValue(text, column);
}

bool isNumeric(const Value& value)
{
    return value.kind() == Value::Kind::Integer || value.kind() == Value::Kind::Real;
}

} // namespace holdpoint
