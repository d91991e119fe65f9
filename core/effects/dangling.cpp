// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/dangling.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString danglingText(const ReferenceNames& names, const QStringList& values)
{
    QStringList texts;
    for (qsizetype i = 0; i < values.size(); ++i)
        texts.append(names.columns.at(i) + " = "_L1 + values.at(i));
    return u"a row of %1 refers to a row of %2 that is not there: %3"_s.arg(names.child, names.parent,
                                                                            texts.join(", "_L1));
}

} // namespace

QString dangledBeforehandText(const QString& reference)
{
    return u"%1: so it was before this run, which takes it away, and an undo brings it back"_s.arg(reference);
}

QStringList danglingTexts(const ReferenceNames& names, const QList<QStringList>& values)
{
    constexpr qsizetype mostTold = 100;
    QStringList texts;
    for (const QStringList& value : values.first(std::min(values.size(), mostTold)))
        texts.append(danglingText(names, value));
    if (values.size() > mostTold)
        texts.append(u"%1 refers to %2 by %3 more values that are not there"_s.arg(names.child, names.parent)
                         .arg(values.size() - mostTold));
    return texts;
}

} // namespace holdpoint
