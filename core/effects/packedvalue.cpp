// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/packedvalue.h"

#include "base/utf8text.h"

#include <algorithm>
#include <cstring>

namespace holdpoint::packed {

namespace {

constexpr int unusedBits = 4;

quint64 sortNumberOf(qint64 integer)
{
    constexpr qint64 end = qint64(1) << (63 - unusedBits);
    return static_cast<quint64>(std::clamp(integer, -end, end - 1) + end);
}

QString textOf(std::string_view content)
{
    const QByteArrayView bytes(content.data(), static_cast<qsizetype>(content.size()));
    if (bytes.isEmpty())
        return QString::fromLatin1("", 0);
    if (auto text = asciiText(bytes))
        return std::move(*text);
    return utf8Text(bytes);
}

void appendText(std::string& bytes, const QString& text)
{
    const size_t begin = bytes.size();
    appendNumber(bytes, Mark::Text, static_cast<quint32>(text.size()));
    const size_t content = bytes.size();
    bytes.resize(content + static_cast<size_t>(text.size()));
    if (copyAscii(text, bytes.data() + content))
        return;
    bytes.resize(begin);
    const QByteArray utf8 = text.toUtf8();
    appendContent(bytes, Mark::Text, utf8.constData(), static_cast<size_t>(utf8.size()));
}

} // namespace

size_t checkedLength(std::string_view bytes)
{
    if (bytes.empty() || bytes.front() < 0 || bytes.front() > static_cast<char>(Mark::Unchanged))
        return 0;
    const bool hasContent = markOf(bytes) >= Mark::Text && markOf(bytes) <= Mark::RawText;
    if (hasContent && bytes.size() < 1 + sizeof(quint32))
        return 0;
    const size_t whole = length(bytes.data());
    return whole <= bytes.size() ? whole : 0;
}

void append(std::string& bytes, const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Null: bytes.push_back(static_cast<char>(Mark::Null)); return;
    case Value::Kind::Boolean: appendNumber(bytes, Mark::Boolean, static_cast<char>(value.toBoolean())); return;
    case Value::Kind::Integer: appendNumber(bytes, Mark::Integer, value.toInteger()); return;
    case Value::Kind::Real: appendReal(bytes, value.toReal()); return;
    case Value::Kind::Text: appendText(bytes, value.toText()); return;
    case Value::Kind::Blob:
    case Value::Kind::RawText: {
        const QByteArray& content = value.toBytes();
        appendContent(bytes, value.kind() == Value::Kind::Blob ? Mark::Blob : Mark::RawText, content.constData(),
                      static_cast<size_t>(content.size()));
        return;
    }
    }
    Q_UNREACHABLE();
}

Value decoded(std::string_view value)
{
    const auto bytes = [&] {
        const std::string_view content = contentOf(value);
        return QByteArray(content.data(), static_cast<qsizetype>(content.size()));
    };
    switch (markOf(value)) {
    case Mark::Null: return Value::null();
    case Mark::Boolean: return Value::boolean(value[1] != 0);
    case Mark::Integer: return Value::integer(numberAt<qint64>(value.data() + 1));
    case Mark::Real: return Value::real(realAt(value.data() + 1));
    case Mark::Text: return Value::text(textOf(contentOf(value)));
    case Mark::Blob: return Value::blob(bytes());
    case Mark::RawText: return Value::rawText(bytes());
    case Mark::Unchanged:
    case Mark::Volatile: break;
    }
    Q_UNREACHABLE();
}

std::strong_ordering compare(std::string_view left, std::string_view right)
{
    if (left.front() != right.front())
        return left.front() <=> right.front();
    switch (markOf(left)) {
    case Mark::Boolean: return left[1] <=> right[1];
    case Mark::Integer: return numberAt<qint64>(left.data() + 1) <=> numberAt<qint64>(right.data() + 1);
    case Mark::Real: return totalOrder(realAt(left.data() + 1)) <=> totalOrder(realAt(right.data() + 1));
    case Mark::Text:
    case Mark::Blob:
    case Mark::RawText: return contentOf(left).compare(contentOf(right)) <=> 0;
    case Mark::Null:
    case Mark::Unchanged:
    case Mark::Volatile: return std::strong_ordering::equal;
    }
    Q_UNREACHABLE();
}

quint64 sortNumber(std::string_view value)
{
    constexpr quint64 sign = quint64(1) << 63;
    switch (markOf(value)) {
    case Mark::Boolean: return static_cast<quint64>(value[1]);
    case Mark::Integer: return sortNumberOf(numberAt<qint64>(value.data() + 1));
    case Mark::Real: return (static_cast<quint64>(totalOrder(realAt(value.data() + 1))) ^ sign) >> unusedBits;
    case Mark::Text:
    case Mark::Blob:
    case Mark::RawText: {
        char first[sizeof(quint64)] = {};
        const std::string_view content = contentOf(value);
        std::memcpy(first, content.data(), std::min(content.size(), sizeof first));
        return qFromBigEndian<quint64>(first) >> unusedBits;
    }
    case Mark::Null:
    case Mark::Unchanged:
    case Mark::Volatile: return 0;
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint::packed
