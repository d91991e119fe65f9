// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QStringDecoder>

#include <optional>

namespace holdpoint {

/// The text, if it is ASCII without a NUL, as almost all is: one pass where Qt's decoding takes three. Else none.
[[nodiscard]] inline std::optional<QString> asciiText(QByteArrayView bytes)
{
    QString text(bytes.size(), Qt::Uninitialized);
    QChar* const out = text.data();
    bool plain = true; // no branch in the loop: the compiler makes it one of many characters at once
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        plain &= byte - 1U < 0x7fU;
        out[i] = QChar(static_cast<char16_t>(byte));
    }
    return plain ? std::optional(std::move(text)) : std::nullopt;
}

/// Valid UTF-8 as text, all of it: QString::fromUtf8 drops a leading byte order mark, which is content in a database.
[[nodiscard]] inline QString utf8Text(QByteArrayView bytes)
{
    if (!bytes.startsWith("\xEF\xBB\xBF"))
        return QString::fromUtf8(bytes);
    using Flag = QStringDecoder::Flag;
    return QStringDecoder(QStringDecoder::Utf8, Flag::Stateless | Flag::ConvertInitialBom).decode(bytes);
}

/// Copies the text to `out` byte by byte. False if it is not all ASCII; what was written is then nothing.
[[nodiscard]] inline bool copyAscii(QStringView text, char* out)
{
    char16_t all = 0;
    const auto* const units = text.utf16();
    for (qsizetype i = 0; i < text.size(); ++i) {
        all = static_cast<char16_t>(all | units[i]);
        out[i] = static_cast<char>(units[i]);
    }
    return all < 0x80;
}

} // namespace holdpoint
