// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QString>

namespace holdpoint {

/// Whether others come to each database of a random test, and not only to some. HOLDPOINT_TEST_OTHERS=always.
[[nodiscard]] inline bool othersAlways()
{
    return qEnvironmentVariable("HOLDPOINT_TEST_OTHERS") == QStringLiteral("always");
}

/// What the other sessions did, over all batches that they were beside.
struct OthersTally
{
    int batches = 0;
    qint64 written = 0; ///< rows that they wrote and committed
    QMap<QString, int> done; ///< transactions, by what they do
    QMap<QString, int> refused; ///< by the database's code or message

    void add(const OthersTally& other)
    {
        batches += other.batches;
        written += other.written;
        for (auto each = other.done.cbegin(); each != other.done.cend(); ++each)
            done[each.key()] += *each;
        for (auto each = other.refused.cbegin(); each != other.refused.cend(); ++each)
            refused[each.key()] += *each;
    }
    [[nodiscard]] QString text() const
    {
        QString text
            = QStringLiteral("%1 batches beside other sessions, which wrote %2 rows").arg(batches).arg(written);
        for (auto each = done.cbegin(); each != done.cend(); ++each)
            text += QStringLiteral("\n  others: %1 (%2 times)").arg(each.key()).arg(*each);
        for (auto each = refused.cbegin(); each != refused.cend(); ++each)
            text += QStringLiteral("\n  others refused: %1 (%2 times)").arg(each.key()).arg(*each);
        return text;
    }
};

} // namespace holdpoint
