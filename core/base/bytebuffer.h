// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <algorithm>
#include <cstring>
#include <utility>

namespace holdpoint {

/// Bytes that grow at their end, millions of times by a few: each append is a store, where QByteArray's is a call.
class ByteBuffer
{
public:
    [[nodiscard]] qsizetype size() const { return m_size; }
    [[nodiscard]] QByteArrayView view() const { return { m_bytes.constData(), m_size }; }

    void append(char byte)
    {
        *room(1) = byte;
        ++m_size;
    }
    void append(const char* bytes, qsizetype size)
    {
        if (size > 0)
            std::memcpy(room(size), bytes, static_cast<size_t>(size));
        m_size += size;
    }
    void append(QByteArrayView bytes) { append(bytes.data(), bytes.size()); }
    void append(qsizetype count, char byte)
    {
        std::fill_n(room(count), count, byte);
        m_size += count;
    }

    /// Where the next bytes go; `size` of them may be written before grow() says how many were.
    [[nodiscard]] char* room(qsizetype size)
    {
        if (m_bytes.size() - m_size < size)
            m_bytes.resize(std::max(2 * m_bytes.size(), m_size + size + smallest));
        return m_bytes.data() + m_size;
    }
    void grow(qsizetype size) { m_size += size; }

    void clear() { m_size = 0; }
    /// What was appended; the buffer is then empty.
    [[nodiscard]] QByteArray take()
    {
        m_bytes.resize(std::exchange(m_size, 0));
        return std::exchange(m_bytes, {});
    }

private:
    static constexpr qsizetype smallest = 240;
    QByteArray m_bytes;
    qsizetype m_size = 0;
};

} // namespace holdpoint
