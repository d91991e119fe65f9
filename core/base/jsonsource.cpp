// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonsource.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool isContinuationByte(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// The bytes of the escape at `escape`: \n has two, \u0041 six, a surrogate pair twelve.
qsizetype escapeLength(QByteArrayView escape)
{
    if (!escape.startsWith("\\u"))
        return 2;
    const bool ok = escape.size() >= 6;
    const int unit = ok ? escape.sliced(2, 4).toInt(nullptr, 16) : 0;
    return QChar::isHighSurrogate(static_cast<char32_t>(unit)) ? 12 : 6;
}

} // namespace

Error JsonSource::errorAt(qsizetype offset, const QString& message) const
{
    const QByteArrayView before = QByteArrayView(bytes).first(std::clamp<qsizetype>(offset, 0, bytes.size()));
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto column = std::ranges::count_if(before.sliced(lineStart), std::not_fn(isContinuationByte)) + 1;
    const QString place = u"%1:%2: "_s.arg(line).arg(column);
    return makeError(ErrorKind::Usage, (fileName.isEmpty() ? place : fileName + ':'_L1 + place) + message);
}

qsizetype JsonSource::offsetInString(qsizetype string, int position) const
{
    qsizetype at = string + 1;
    for (int character = 1; character < position && at < bytes.size() && bytes.at(at) != '"'; ++character) {
        if (bytes.at(at) == '\\') {
            at += escapeLength(QByteArrayView(bytes).sliced(at));
            continue;
        }
        ++at;
        while (at < bytes.size() && isContinuationByte(bytes.at(at)))
            ++at;
    }
    return std::min(at, bytes.size());
}

} // namespace holdpoint
