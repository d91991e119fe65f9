// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytebuffer.h"

#include <QAnyStringView>
#include <QVarLengthArray>

namespace holdpoint {

/// Writes one JSON document, UTF-8, piece by piece. Calling out of order (a value without its key, an end
/// without its begin) is a programming error.
class JsonWriter
{
public:
    enum class Layout {
        Lines, ///< each element on a line of its own, indented by two spaces
        OneLine, ///< `{ "a": 1, "b": [2, 3] }`; everything inside is on that line too
    };
    explicit JsonWriter(Layout layout = Layout::OneLine);

    void beginObject() { begin('{', m_layout); }
    void beginArray() { begin('[', m_layout); }
    /// A container with a layout of its own: commands one a line.
    void beginObject(Layout layout) { begin('{', layout); }
    void beginArray(Layout layout) { begin('[', layout); }
    void endObject() { end('{', '}'); }
    void endArray() { end('[', ']'); }

    void key(QAnyStringView key);
    void string(QAnyStringView text);
    void string(QAnyStringView key, QAnyStringView text);
    void integer(qint64 value);
    /// The shortest decimal that reads back the same; NaN, which SQLite cannot hold, is null.
    void real(double value);
    void boolean(bool value);
    void null();
    /// A complete JSON value as it is.
    void raw(const QByteArray& json);

    /// The document so far; the writer is then empty.
    [[nodiscard]] QByteArray take();

private:
    struct Level
    {
        char open = 0;
        Layout outer = Layout::OneLine;
        bool empty = true;
    };
    void begin(char open, Layout layout);
    void end(char open, char close);
    void beginElement();
    void newLine();
    void writeString(QAnyStringView text);
    template <typename Char> [[nodiscard]] bool writePlain(const Char* text, qsizetype size);

    ByteBuffer m_out;
    Layout m_layout;
    QVarLengthArray<Level, 16> m_levels;
    bool m_afterKey = false;
};

} // namespace holdpoint
