// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/dangling.h"

#include <QCryptographicHash>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

const auto beforehand = u": so it was before this run, which takes it away, and an undo brings it back"_s;
const auto oneRow = "a row of "_L1;
const auto manyRows = " rows of "_L1;
const auto oneRefers = " refers to a row of "_L1;
const auto manyRefer = " refer to a row of "_L1;

QString danglingText(const ReferenceNames& names, const DanglingValue& value)
{
    QStringList texts;
    for (qsizetype i = 0; i < value.texts.size(); ++i)
        texts.append(names.columns.at(i) + " = "_L1 + value.texts.at(i));
    const QString who = value.rows == 1 ? oneRow + names.child + oneRefers
                                        : QString::number(value.rows) + manyRows + names.child + manyRefer;
    return who + names.parent + " that is not there: "_L1 + texts.join(", "_L1);
}

/// How many rows a text is about, and what it says of one of them.
std::pair<qint64, QString> parted(const QString& text)
{
    const qsizetype place = text.indexOf(manyRows);
    bool isNumber = false;
    const qint64 rows = place > 0 ? text.first(place).toLongLong(&isNumber) : 0;
    if (!isNumber)
        return { 1, text };
    QString one = oneRow + text.sliced(place + manyRows.size());
    if (const qsizetype refers = one.indexOf(manyRefer); refers >= 0)
        one.replace(refers, manyRefer.size(), oneRefers);
    return { rows, one };
}

} // namespace

QString dangledBeforehandText(const QString& reference)
{
    return reference + beforehand;
}

QStringList danglingTexts(const ReferenceNames& names, const QList<DanglingValue>& values)
{
    constexpr qsizetype mostTold = 100;
    QStringList texts;
    const qsizetype told = std::min(values.size(), mostTold);
    for (const DanglingValue& value : values.first(told))
        texts.append(danglingText(names, value));
    if (values.size() == told)
        return texts;
    // By their digest it is known again whether these are the same.
    QCryptographicHash digest(QCryptographicHash::Sha256);
    qint64 rows = 0;
    for (const DanglingValue& value : values.sliced(told)) {
        digest.addData(danglingText(names, value).toUtf8());
        digest.addData(QByteArrayView("\n"));
        rows += value.rows;
    }
    texts.append(
        u"%1 refers to %2 by %3 more values that are not there, in %4 rows (%5)"_s.arg(names.child, names.parent)
            .arg(values.size() - told)
            .arg(rows)
            .arg(QString::fromLatin1(digest.result().first(4).toHex())));
    return texts;
}

ToldDangling::ToldDangling(const QStringList& dangledBeforehandTexts)
{
    for (const QString& text : dangledBeforehandTexts) {
        if (!text.endsWith(beforehand))
            continue;
        const auto [rows, what] = parted(text.chopped(beforehand.size()));
        qint64& told = m_rows[what];
        told = std::max(told, rows);
    }
}

bool ToldDangling::covers(const QString& reference) const
{
    const auto [rows, what] = parted(reference);
    return m_rows.value(what) >= rows;
}

} // namespace holdpoint
