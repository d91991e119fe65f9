// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteimage.h"

#include "session/sqlitevalue.h"

#include <cmath>
#include <cstring>
#include <sqlite3.h>

namespace holdpoint {

namespace {

// A value is its storage class in one byte, then 8 bytes of a number, or 4 bytes of length and the content.
template <typename Bytes, typename Number> void appendNumber(Bytes& bytes, char kind, Number number)
{
    char buffer[1 + sizeof number];
    buffer[0] = kind;
    std::memcpy(buffer + 1, &number, sizeof number);
    bytes.append(buffer, sizeof buffer);
}

template <typename Bytes> void appendContent(Bytes& bytes, char kind, const void* content, int size)
{
    appendNumber(bytes, kind, static_cast<quint32>(size));
    bytes.append(static_cast<const char*>(content), static_cast<size_t>(size));
}

template <typename Number> Number numberAt(std::string_view bytes)
{
    Number number;
    std::memcpy(&number, bytes.data() + 1, sizeof number);
    return number;
}

template <typename Bytes> void append(Bytes& bytes, sqlite3_value* value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: appendNumber(bytes, SQLITE_INTEGER, qint64(sqlite3_value_int64(value))); break;
    case SQLITE_FLOAT: appendNumber(bytes, SQLITE_FLOAT, sqlite3_value_double(value)); break;
    case SQLITE_TEXT: {
        const void* text = sqlite3_value_text(value);
        appendContent(bytes, SQLITE_TEXT, text, sqlite3_value_bytes(value));
        break;
    }
    case SQLITE_BLOB: {
        const void* blob = sqlite3_value_blob(value);
        appendContent(bytes, SQLITE_BLOB, blob, sqlite3_value_bytes(value));
        break;
    }
    default: bytes.append(1, SQLITE_NULL);
    }
}

std::string_view contentOf(std::string_view value)
{
    return value.substr(1 + sizeof(quint32), numberAt<quint32>(value));
}

} // namespace

void SqliteImages::add(sqlite3_value* value)
{
    append(m_bytes, value);
}

void SqliteImages::addInteger(qint64 value)
{
    appendNumber(m_bytes, SQLITE_INTEGER, value);
}

SqliteImages::Place SqliteImages::addRow(sqlite3_stmt* statement, int first)
{
    const Place place = start();
    const int count = sqlite3_column_count(statement);
    for (int column = first; column < count; ++column)
        append(m_bytes, sqlite3_column_value(statement, column));
    return place;
}

size_t SqliteImages::length(std::string_view bytes)
{
    switch (bytes.front()) {
    case SQLITE_NULL: return 1;
    case SQLITE_TEXT:
    case SQLITE_BLOB: return 1 + sizeof(quint32) + numberAt<quint32>(bytes);
    default: return 1 + sizeof(qint64);
    }
}

std::string_view SqliteImages::image(Place place, qsizetype count) const
{
    const std::string_view all = std::string_view(m_bytes).substr(static_cast<size_t>(place));
    size_t end = 0;
    for (qsizetype i = 0; i < count; ++i)
        end += length(all.substr(end));
    return all.substr(0, end);
}

std::string_view SqliteImages::value(Place place, qsizetype index) const
{
    std::string_view rest = std::string_view(m_bytes).substr(static_cast<size_t>(place));
    for (qsizetype i = 0; i < index; ++i)
        rest.remove_prefix(length(rest));
    return rest.substr(0, length(rest));
}

Row SqliteImages::row(Place place, qsizetype count) const
{
    Row row;
    row.reserve(count);
    std::string_view rest = std::string_view(m_bytes).substr(static_cast<size_t>(place));
    for (qsizetype i = 0; i < count; ++i) {
        const size_t size = length(rest);
        row.append(decoded(rest.substr(0, size)));
        rest.remove_prefix(size);
    }
    return row;
}

Row SqliteImages::row(Place place, Place earlier, const Row& like) const
{
    Row row;
    row.reserve(like.size());
    std::string_view rest = std::string_view(m_bytes).substr(static_cast<size_t>(place));
    std::string_view restEarlier = std::string_view(m_bytes).substr(static_cast<size_t>(earlier));
    for (const Value& known : like) {
        const std::string_view value = rest.substr(0, length(rest));
        const std::string_view before = restEarlier.substr(0, length(restEarlier));
        row.append(value == before ? known : decoded(value));
        rest.remove_prefix(value.size());
        restEarlier.remove_prefix(before.size());
    }
    return row;
}

void SqliteImages::appendKey(QByteArray& key, sqlite3_value* value)
{
    constexpr double largest = 9007199254740992.0; // whole numbers up to here are exact in both
    if (sqlite3_value_type(value) == SQLITE_FLOAT) {
        const double real = sqlite3_value_double(value);
        if (std::trunc(real) == real && std::fabs(real) <= largest)
            return appendNumber(key, SQLITE_INTEGER, static_cast<qint64>(real));
    }
    if (sqlite3_value_type(value) == SQLITE_NULL)
        key.append(char(SQLITE_NULL));
    else
        append(key, value);
}

Value SqliteImages::decoded(std::string_view value)
{
    switch (value.front()) {
    case SQLITE_INTEGER: return Value::integer(numberAt<qint64>(value));
    case SQLITE_FLOAT: return Value::real(numberAt<double>(value));
    case SQLITE_TEXT: {
        const std::string_view text = contentOf(value);
        return sqliteText({ text.data(), static_cast<qsizetype>(text.size()) });
    }
    case SQLITE_BLOB: {
        const std::string_view blob = contentOf(value);
        return Value::blob(QByteArray(blob.data(), static_cast<qsizetype>(blob.size())));
    }
    default: return Value::null();
    }
}

bool SqliteImages::isNull(std::string_view value)
{
    return value.front() == SQLITE_NULL;
}

int SqliteImages::bind(sqlite3_stmt* statement, int position, std::string_view value)
{
    const auto size = [&] { return static_cast<sqlite3_uint64>(contentOf(value).size()); };
    switch (value.front()) {
    case SQLITE_INTEGER: return sqlite3_bind_int64(statement, position, numberAt<qint64>(value));
    case SQLITE_FLOAT: return sqlite3_bind_double(statement, position, numberAt<double>(value));
    case SQLITE_TEXT:
        return sqlite3_bind_text64(statement, position, contentOf(value).data(), size(), SQLITE_STATIC, SQLITE_UTF8);
    case SQLITE_BLOB: return sqlite3_bind_blob64(statement, position, contentOf(value).data(), size(), SQLITE_STATIC);
    default: return sqlite3_bind_null(statement, position);
    }
}

} // namespace holdpoint
