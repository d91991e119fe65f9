// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QRegularExpression>
#include <QTest>

namespace holdpoint {

/// A model as text: a line of headers, a line for each row, cells between bars.
inline QString modelText(const QAbstractItemModel& model)
{
    QStringList lines;
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column)
        cells += model.headerData(column, Qt::Horizontal).toString().simplified();
    lines += cells.join(QStringLiteral(" | "));
    for (int row = 0; row < model.rowCount(); ++row) {
        cells.clear();
        for (int column = 0; column < model.columnCount(); ++column)
            cells += model.index(row, column).data().toString();
        lines += cells.join(QStringLiteral(" | "));
    }
    return lines.join(QLatin1Char('\n'));
}

/// All but what the offscreen platform says of itself.
inline void failOnAnyWarning()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support )")));
}

/// Compares texts line by line in the failure's message.
#define COMPARE_TEXT(actual, expected) QCOMPARE((actual).split(QLatin1Char('\n')), (expected).split(QLatin1Char('\n')))

} // namespace holdpoint
