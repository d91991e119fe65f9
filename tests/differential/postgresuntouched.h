// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QMap>
#include <QString>

namespace holdpoint::differential {

/// Rows as text, by the name of the table, partition or child that holds them.
using RowTexts = QMap<QByteArray, QByteArrayList>;

/// Every version of a row that a database shows, with the marks that whoever changes or locks it leaves there.
class RowVersions
{
public:
    [[nodiscard]] static RowVersions read(const QString& uri);
    /// The rows that nobody has changed, deleted or locked since, nor one that looks like them, and that nobody added.
    [[nodiscard]] RowTexts untouched(const RowVersions& later) const;

private:
    using Marks = QMap<QByteArray, QByteArrayList>; // by text
    QMap<QByteArray, Marks> m_tables;
};

} // namespace holdpoint::differential
