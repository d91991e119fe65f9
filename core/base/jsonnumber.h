// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <variant>

namespace holdpoint {

/// What a number's text in a JSON document stands for: an integer of 64 bits, a double that keeps
/// every digit of it, or the reason why neither can. `text` is grammatical JSON.
using JsonNumber = std::variant<qint64, double, QString>;
[[nodiscard]] JsonNumber jsonNumber(QByteArrayView text);

} // namespace holdpoint
