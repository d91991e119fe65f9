// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStringList>

namespace holdpoint {

/// Cautions: a reference to a row that was not there, which the run took away; and one that an undo leaves.
inline constexpr QLatin1StringView dangledBeforehand("dangled-before");
inline constexpr QLatin1StringView danglingNow("dangling-reference");

/// A foreign key, as the texts name it.
struct ReferenceNames
{
    QString child;
    QString parent;
    QStringList columns; ///< of the child
};

/// A value by which rows refer to a row that is not there, and how many do.
struct DanglingValue
{
    QStringList texts; ///< a column each
    qint64 rows = 0;
};

/// "a row of c refers to a row of p that is not there: x = 1", "3 rows of c refer ...", one a value in their order; of
/// many only the first ones.
[[nodiscard]] QStringList danglingTexts(const ReferenceNames& names, const QList<DanglingValue>& values);

/// What a run says of such a reference, word for word, when it takes it away.
[[nodiscard]] QString dangledBeforehandText(const QString& reference);

/// What a run said so of all that it took away.
class ToldDangling
{
public:
    explicit ToldDangling(const QStringList& dangledBeforehandTexts);

    /// Whether it is about this one of danglingTexts() too, and about no fewer rows.
    [[nodiscard]] bool covers(const QString& reference) const;

private:
    QHash<QString, qint64> m_rows; // by what they refer to
};

} // namespace holdpoint
