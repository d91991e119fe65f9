// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteimage.h"

#include <cmath>
#include <sqlite3.h>

namespace holdpoint {

namespace {

// ASCII without a NUL: 1 less than a NUL has the highest bit. No branch in the loop: the compiler makes it one of many
// characters at once.
bool isPlain(std::string_view text)
{
    unsigned all = 0;
    for (const char byte : text)
        all |= static_cast<unsigned char>(byte) | (static_cast<unsigned char>(byte) - 1U);
    return (all & 0x80U) == 0;
}

packed::Mark textMark(std::string_view text)
{
    const bool isText
        = isPlain(text) || (text.find('\0') == std::string_view::npos && QByteArrayView(text).isValidUtf8());
    return isText ? packed::Mark::Text : packed::Mark::RawText;
}

template <typename Bytes> void appendText(Bytes& bytes, sqlite3_value* value)
{
    // As text it would be copied within the hook, to end it with a NUL.
    const bool isUtf8 = sqlite3_value_encoding(value) == SQLITE_UTF8;
    const void* text = isUtf8 ? sqlite3_value_blob(value) : sqlite3_value_text(value);
    const auto size = static_cast<size_t>(sqlite3_value_bytes(value));
    packed::appendContent(bytes, textMark({ static_cast<const char*>(text), size }), text, size);
}

template <typename Bytes> void append(Bytes& bytes, sqlite3_value* value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: packed::appendNumber(bytes, packed::Mark::Integer, qint64(sqlite3_value_int64(value))); break;
    case SQLITE_FLOAT: packed::appendReal(bytes, sqlite3_value_double(value)); break;
    case SQLITE_TEXT: appendText(bytes, value); break;
    case SQLITE_BLOB: {
        const void* blob = sqlite3_value_blob(value);
        packed::appendContent(bytes, packed::Mark::Blob, blob, static_cast<size_t>(sqlite3_value_bytes(value)));
        break;
    }
    default: bytes.append(1, static_cast<char>(packed::Mark::Null));
    }
}

} // namespace

void SqliteImages::add(sqlite3_value* value)
{
    append(*m_image, value);
}

SqliteImages::Place SqliteImages::addRow(sqlite3_stmt* statement, int first)
{
    begin();
    const int count = sqlite3_column_count(statement);
    for (int column = first; column < count; ++column)
        append(*m_image, sqlite3_column_value(statement, column));
    return end();
}

std::string_view SqliteImages::image(Place place, qsizetype count) const
{
    const char* const first = m_bytes.at(static_cast<SpillBytes::Place>(place));
    const char* end = first;
    for (qsizetype i = 0; i < count; ++i)
        end += packed::length(end);
    return { first, static_cast<size_t>(end - first) };
}

std::string_view SqliteImages::value(Place place, qsizetype index) const
{
    return packed::valueAt(m_bytes.at(static_cast<SpillBytes::Place>(place)), index);
}

void SqliteImages::appendKey(QByteArray& key, sqlite3_value* value)
{
    constexpr double largest = 9007199254740992.0; // whole numbers up to here are exact in both
    if (sqlite3_value_type(value) == SQLITE_FLOAT) {
        const double real = sqlite3_value_double(value);
        if (std::trunc(real) == real && std::fabs(real) <= largest)
            return packed::appendNumber(key, packed::Mark::Integer, static_cast<qint64>(real));
    }
    append(key, value);
}

int SqliteImages::bind(sqlite3_stmt* statement, int position, std::string_view value)
{
    const auto content = [&] { return packed::contentOf(value).data(); };
    const auto size = [&] { return static_cast<sqlite3_uint64>(packed::contentOf(value).size()); };
    switch (packed::markOf(value)) {
    case packed::Mark::Integer:
        return sqlite3_bind_int64(statement, position, packed::numberAt<qint64>(value.data() + 1));
    case packed::Mark::Real: return sqlite3_bind_double(statement, position, packed::realAt(value.data() + 1));
    case packed::Mark::Text:
    case packed::Mark::RawText:
        return sqlite3_bind_text64(statement, position, content(), size(), SQLITE_STATIC, SQLITE_UTF8);
    case packed::Mark::Blob: return sqlite3_bind_blob64(statement, position, content(), size(), SQLITE_STATIC);
    default: return sqlite3_bind_null(statement, position);
    }
}

} // namespace holdpoint
