// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

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

} // namespace holdpoint
