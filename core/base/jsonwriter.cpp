// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonwriter.h"

#include "base/value.h"

#include <rapidjson/writer.h>

#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// RapidJSON's output stream: one character at a time, appended in pieces. The names are RapidJSON's.
class PieceStream
{
public:
    using Ch = char;
    explicit PieceStream(ByteBuffer& out)
        : m_out(out)
    {
    }
    void Put(char character)
    {
        if (m_size == m_piece.size())
            Flush();
        m_piece[m_size++] = character;
    }
    void Flush()
    {
        m_out.append(m_piece.data(), static_cast<qsizetype>(m_size));
        m_size = 0;
    }

private:
    ByteBuffer& m_out;
    std::array<char, 512> m_piece;
    size_t m_size = 0;
};

} // namespace

JsonWriter::JsonWriter(Layout layout)
    : m_layout(layout)
{
}

void JsonWriter::begin(char open, Layout layout)
{
    beginElement();
    m_out.append(open);
    m_levels.append({ open, m_layout, true });
    if (m_layout == Layout::Lines)
        m_layout = layout;
}

void JsonWriter::end(char open, char close)
{
    Q_ASSERT(!m_levels.isEmpty() && m_levels.last().open == open && !m_afterKey);
    const Level level = m_levels.last();
    m_levels.removeLast();
    const Layout inner = std::exchange(m_layout, level.outer);
    if (!level.empty && inner == Layout::Lines)
        newLine();
    else if (!level.empty && close == '}')
        m_out.append(' ');
    m_out.append(close);
}

void JsonWriter::beginElement()
{
    if (std::exchange(m_afterKey, false) || m_levels.isEmpty())
        return;
    Level& level = m_levels.last();
    if (!level.empty)
        m_out.append(',');
    if (m_layout == Layout::Lines)
        newLine();
    else if (!level.empty || level.open == '{')
        m_out.append(' ');
    level.empty = false;
}

void JsonWriter::newLine()
{
    m_out.append('\n');
    m_out.append(2 * m_levels.size(), ' ');
}

// Almost every string is printable ASCII without a quote or a backslash, and stands for itself.
template <typename Char> bool JsonWriter::writePlain(const Char* text, qsizetype size)
{
    char* const out = m_out.room(size + 2);
    unsigned special = 0; // no branch in the loop: the compiler makes it one of many characters at once
    out[0] = '"';
    for (qsizetype i = 0; i < size; ++i) {
        const auto character = static_cast<std::make_unsigned_t<Char>>(text[i]);
        special |= static_cast<unsigned>(character < 0x20) | static_cast<unsigned>(character > 0x7e)
            | static_cast<unsigned>(character == '"') | static_cast<unsigned>(character == '\\');
        out[i + 1] = static_cast<char>(character);
    }
    if (special)
        return false;
    out[size + 1] = '"';
    m_out.grow(size + 2);
    return true;
}

void JsonWriter::writeString(QAnyStringView text)
{
    const bool written = text.visit([this](auto view) {
        if constexpr (std::is_same_v<decltype(view), QStringView>)
            return writePlain(view.utf16(), view.size());
        else
            return writePlain(view.data(), view.size());
    });
    if (written)
        return;
    const QByteArray utf8 = text.visit([](auto view) { return view.toString().toUtf8(); });
    PieceStream stream(m_out);
    rapidjson::Writer<PieceStream> writer(stream);
    writer.String(utf8.constData(), static_cast<rapidjson::SizeType>(utf8.size()));
    stream.Flush();
}

void JsonWriter::key(QAnyStringView key)
{
    Q_ASSERT(!m_levels.isEmpty() && m_levels.last().open == '{' && !m_afterKey);
    beginElement();
    writeString(key);
    m_out.append(QByteArrayView(": "));
    m_afterKey = true;
}

void JsonWriter::string(QAnyStringView text)
{
    beginElement();
    writeString(text);
}

void JsonWriter::string(QAnyStringView key, QAnyStringView text)
{
    this->key(key);
    string(text);
}

void JsonWriter::integer(qint64 value)
{
    beginElement();
    constexpr qsizetype most = 24;
    char* const digits = m_out.room(most);
    const auto [end, error] = std::to_chars(digits, digits + most, value);
    Q_ASSERT(error == std::errc());
    m_out.grow(end - digits);
}

void JsonWriter::real(double value)
{
    if (std::isnan(value))
        return null();
    beginElement();
    m_out.append(shortestDecimal(value));
}

void JsonWriter::boolean(bool value)
{
    beginElement();
    m_out.append(QByteArrayView(value ? "true" : "false"));
}

void JsonWriter::null()
{
    beginElement();
    m_out.append(QByteArrayView("null"));
}

void JsonWriter::raw(const QByteArray& json)
{
    beginElement();
    m_out.append(json);
}

QByteArray JsonWriter::take()
{
    Q_ASSERT(m_levels.isEmpty());
    return m_out.take();
}

} // namespace holdpoint
