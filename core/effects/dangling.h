// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace holdpoint {

/// Cautions: a reference to a row that was not there, which the run took away; and one that an undo leaves.
inline constexpr QLatin1StringView dangledBeforehand("dangled-before");
inline constexpr QLatin1StringView danglingNow("dangling-reference");

/// What the first says of a reference that the second tells so, word for word.
[[nodiscard]] QString dangledBeforehandText(const QString& reference);

/// A foreign key, as the texts name it.
struct ReferenceNames
{
    QString child;
    QString parent;
    QStringList columns; ///< of the child
};

/// "a row of c refers to a row of p that is not there: x = 1", for each value; of many only the first ones.
[[nodiscard]] QStringList danglingTexts(const ReferenceNames& names, const QList<QStringList>& values);

} // namespace holdpoint
