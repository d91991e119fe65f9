// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/journal.h"

#include <QRandomGenerator>

namespace holdpoint {

// A ULID: 48 bits of milliseconds, 80 random bits, in Crockford's base 32.
RunId newRunId()
{
    constexpr int timeLength = 10;
    constexpr int randomLength = 16;
    constexpr auto digits = u"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    RunId id(timeLength + randomLength, Qt::Uninitialized);
    quint64 time = static_cast<quint64>(QDateTime::currentMSecsSinceEpoch());
    for (int place = timeLength - 1; place >= 0; --place) {
        id[place] = digits[time % 32];
        time /= 32;
    }
    for (int place = timeLength; place < id.size(); ++place)
        id[place] = digits[QRandomGenerator::system()->bounded(32)];
    return id;
}

} // namespace holdpoint
