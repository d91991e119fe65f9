// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/commandtext.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype longestValue = 60;

} // namespace

QString shortened(const QString& text, qsizetype longest)
{
    // A text may have megabytes: what lies far behind the end is not looked at.
    const QString line = text.left(4 * longest).simplified();
    if (line.size() <= longest && text.size() <= 4 * longest)
        return line;
    const qsizetype end = line.size() > longest && line.at(longest - 1).isHighSurrogate() ? longest - 1 : longest;
    return line.left(end) + u'…';
}

QString shownValue(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Text: return '\''_L1 + shortened(value.toText(), longestValue) + '\''_L1;
    case Value::Kind::Blob: return shortened(Value::blob(value.toBytes().left(longestValue)).display(), longestValue);
    case Value::Kind::RawText:
        return '\''_L1 + shortened(Value::rawText(value.toBytes().left(4 * longestValue)).display(), longestValue)
            + '\''_L1;
    case Value::Kind::Null:
    case Value::Kind::Boolean:
    case Value::Kind::Integer:
    case Value::Kind::Real: return value.display();
    }
    Q_UNREACHABLE();
}

QString shownValues(const NamedValues& values)
{
    QString shown;
    for (const NamedValue& value : values) {
        if (!shown.isEmpty())
            shown += ", "_L1;
        if (shown.size() > longestDescription)
            return shown + u'…';
        shown += value.column + " = "_L1 + shownValue(value.value);
    }
    return shown;
}

QString nameOf(const TableName& table)
{
    return table.schema.isEmpty() ? table.table : table.schema + u'.' + table.table;
}

QString nameOf(const Table& table)
{
    return nameOf(TableName { table.schema, table.name });
}

} // namespace holdpoint
