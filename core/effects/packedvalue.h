// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <QtEndian>

#include <bit>
#include <compare>
#include <string>
#include <string_view>

/// Values as bytes, one after the other: a mark, then 1 byte of a boolean, 8 of a number (the lowest first), or 4 of a
/// length and the content, text as UTF-8. Values are equal where their bytes are.
namespace holdpoint::packed {

/// The first byte. The kinds are in the order of Value::Kind, which is the order of values.
enum class Mark : char {
    Null,
    Boolean,
    Integer,
    Real,
    Text,
    Blob,
    RawText,
    Unchanged, ///< of a new row: the value of the old row
    Volatile ///< only in what is digested
};

inline constexpr std::string_view nullValue { "\0", 1 };

template <typename Bytes, typename Number> void appendNumber(Bytes& bytes, Mark mark, Number number)
{
    char buffer[1 + sizeof number];
    buffer[0] = static_cast<char>(mark);
    qToLittleEndian(number, buffer + 1);
    bytes.append(buffer, sizeof buffer);
}

template <typename Bytes> void appendReal(Bytes& bytes, double number)
{
    appendNumber(bytes, Mark::Real, std::bit_cast<quint64>(number));
}

template <typename Bytes> void appendContent(Bytes& bytes, Mark mark, const void* content, size_t size)
{
    appendNumber(bytes, mark, static_cast<quint32>(size));
    bytes.append(static_cast<const char*>(content), static_cast<decltype(bytes.size())>(size));
}

template <typename Number> [[nodiscard]] Number numberAt(const char* bytes)
{
    return qFromLittleEndian<Number>(bytes);
}

[[nodiscard]] inline double realAt(const char* bytes)
{
    return std::bit_cast<double>(numberAt<quint64>(bytes));
}

[[nodiscard]] inline Mark markOf(std::string_view value)
{
    return static_cast<Mark>(value.front());
}

/// How long the first value of `bytes` is.
[[nodiscard]] inline size_t length(const char* bytes)
{
    switch (static_cast<Mark>(*bytes)) {
    case Mark::Null:
    case Mark::Unchanged:
    case Mark::Volatile: return 1;
    case Mark::Boolean: return 2;
    case Mark::Integer:
    case Mark::Real: return 1 + sizeof(qint64);
    case Mark::Text:
    case Mark::Blob:
    case Mark::RawText: return 1 + sizeof(quint32) + numberAt<quint32>(bytes + 1);
    }
    Q_UNREACHABLE();
}

/// The same of bytes that may be anything: 0 where they are not a whole value.
[[nodiscard]] size_t checkedLength(std::string_view bytes);

/// The content of a text or blob.
[[nodiscard]] inline std::string_view contentOf(std::string_view value)
{
    return value.substr(1 + sizeof(quint32), numberAt<quint32>(value.data() + 1));
}

/// The bytes of the value `index`, counted from `first`.
[[nodiscard]] inline std::string_view valueAt(const char* first, qsizetype index)
{
    for (; index > 0; --index)
        first += length(first);
    return { first, length(first) };
}

void append(std::string& bytes, const Value& value);
[[nodiscard]] Value decoded(std::string_view value);
/// A total order: by kind, then numbers as numbers, text and blobs by their bytes.
[[nodiscard]] std::strong_ordering compare(std::string_view left, std::string_view right);
/// A number of 60 bits that is never greater for a value that stands before another of the same kind.
[[nodiscard]] quint64 sortNumber(std::string_view value);

} // namespace holdpoint::packed
