// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>

namespace holdpoint {

/// The bytes of a JSON document and what the operator calls it: for errors with line and column.
struct JsonSource
{
    QByteArray bytes;
    QString fileName;

    /// "orders.holdpoint:12:7: message", ErrorKind::Usage. Lines and columns count from 1, columns in characters.
    [[nodiscard]] Error errorAt(qsizetype offset, const QString& message) const;
    /// The offset of a character of the string that begins (with its quote) at `string`;
    /// `position` counts its decoded characters from 1.
    [[nodiscard]] qsizetype offsetInString(qsizetype string, int position) const;
};

} // namespace holdpoint
