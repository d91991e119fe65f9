// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/nearnames.h"

#include <QVarLengthArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype mostNames = 3;

// Levenshtein's distance, without case.
qsizetype editDistance(const QString& left, const QString& right)
{
    QVarLengthArray<qsizetype, 64> row(right.size() + 1);
    for (qsizetype i = 0; i <= right.size(); ++i)
        row[i] = i;
    for (qsizetype i = 1; i <= left.size(); ++i) {
        qsizetype diagonal = std::exchange(row[0], i);
        for (qsizetype j = 1; j <= right.size(); ++j) {
            const bool same = left[i - 1].toCaseFolded() == right[j - 1].toCaseFolded();
            const qsizetype replaced = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({ row[j] + 1, row[j - 1] + 1, replaced });
        }
    }
    return row[right.size()];
}

} // namespace

QStringList nearNames(const QString& wanted, const QStringList& names)
{
    QList<std::pair<qsizetype, QString>> near;
    for (const QString& name : names) {
        const qsizetype distance = editDistance(wanted, name);
        const bool contains = wanted.size() > 2 && name.contains(wanted, Qt::CaseInsensitive);
        if (distance <= std::max(wanted.size() / 3, qsizetype(1)) || contains)
            near.append({ distance, name });
    }
    std::ranges::sort(near);
    QStringList result;
    for (const auto& [distance, name] : near.first(std::min(near.size(), mostNames)))
        result.append(name);
    return result;
}

QString nearNamesHint(const QString& wanted, const QStringList& names)
{
    const QStringList near = nearNames(wanted, names);
    return near.isEmpty() ? QString() : u"Did you mean %1?"_s.arg(near.join(", "_L1));
}

} // namespace holdpoint
