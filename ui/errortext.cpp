// SPDX-License-Identifier: GPL-3.0-or-later
#include "errortext.h"

#include <QCoreApplication>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("holdpoint", text);
}

QString tableOf(const Error& error)
{
    QStringList parts { error.schema, error.table, error.column };
    parts.removeAll(QString());
    return parts.join('.'_L1);
}

} // namespace

QList<QPair<QString, QString>> errorFields(const Error& error)
{
    QList<QPair<QString, QString>> fields { { tr("Message"), error.message } };
    const auto add = [&](const QString& name, const QString& text) {
        if (!text.isEmpty())
            fields.append({ name, text });
    };
    add(tr("Detail"), error.detail);
    add(tr("Hint"), error.hint);
    add(tr("Constraint"), error.constraint);
    add(tr("Where"), tableOf(error));
    add(u"SQLSTATE"_s, error.sqlState);
    if (error.nativeCode != 0)
        add(tr("Result code"), QString::number(error.nativeCode));
    add(tr("Statement"), error.statement);
    if (error.position > 0)
        add(tr("At character"), QString::number(error.position));
    return fields;
}

QString errorText(const Error& error)
{
    const auto fields = errorFields(error);
    QStringList lines { fields.first().second };
    for (qsizetype index = 1; index < fields.size(); ++index)
        lines += fields.at(index).first + ": "_L1 + fields.at(index).second.left(2000);
    return lines.join('\n'_L1);
}

} // namespace holdpoint
