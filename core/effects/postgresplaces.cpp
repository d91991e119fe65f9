// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresplaces.h"

#include "effects/spillfile.h"

#include <algorithm>

namespace holdpoint {

namespace {

constexpr int numberBits = 16; // of a place inside its page

QByteArray textOf(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Blob: return "\\x" + value.toBytes().toHex();
    case Value::Kind::RawText: return value.toBytes();
    default: return value.display().toUtf8();
    }
}

} // namespace

PostgresPlace placeOf(QByteArrayView ctid)
{
    const qsizetype comma = ctid.indexOf(',');
    if (comma < 2)
        return 0;
    const quint64 page = ctid.sliced(1, comma - 1).toULongLong();
    return page << numberBits | ctid.sliced(comma + 1).chopped(1).toULongLong();
}

PostgresPlace placeOn(qint64 page, quint16 number)
{
    return static_cast<PostgresPlace>(page) << numberBits | number;
}

qint64 pageOf(PostgresPlace place)
{
    return static_cast<qint64>(place >> numberBits);
}

QByteArray ctidOf(PostgresPlace place)
{
    return '(' + QByteArray::number(place >> numberBits) + ',' + QByteArray::number(place & ((1U << numberBits) - 1))
        + ')';
}

void PostgresArray::append(QByteArrayView text)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (!text.isEmpty() && std::ranges::all_of(text, isDigit)) { // most keys, and faster for both sides
        if (!m_elements.isEmpty())
            m_elements += ',';
        m_elements += text;
        return;
    }
    m_elements += m_elements.isEmpty() ? "\"" : ",\"";
    if (std::ranges::any_of(text, [](char c) { return c == '"' || c == '\\'; }))
        m_elements += text.toByteArray().replace('\\', "\\\\").replace('"', "\\\"");
    else
        m_elements += text;
    m_elements += '"';
}

void PostgresArray::append(const Value& value)
{
    append(QByteArrayView(textOf(value)));
}

Value PostgresArray::literal() const
{
    const QByteArray text = '{' + m_elements + '}';
    return QUtf8StringView(text).isValidUtf8() ? Value::text(QString::fromUtf8(text)) : Value::rawText(text);
}

bool PostgresArray::isFull() const
{
    constexpr qsizetype least = 4096;
    constexpr qsizetype times = 20; // in memory at most, with those that are on their way
    return m_elements.size() >= std::max(least, SpillFile::memoryLimit() / times);
}

PostgresArrays arraysOf(size_t count, std::function<PostgresPlace(size_t)> placeAt)
{
    return [count, placeAt = std::move(placeAt), next = size_t(0)]() mutable -> std::optional<Value> {
        if (next >= count)
            return {};
        PostgresArray array;
        for (; next < count && !array.isFull(); ++next)
            array.append(placeAt(next));
        return array.literal();
    };
}

} // namespace holdpoint
