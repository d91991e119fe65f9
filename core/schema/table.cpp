// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/table.h"

#include <algorithm>

namespace holdpoint {

QStringList Table::primaryKey() const
{
    QList<const Column*> key;
    for (const Column& column : columns) {
        if (column.keyPosition > 0)
            key.append(&column);
    }
    std::ranges::sort(key, {}, &Column::keyPosition);
    QStringList names;
    for (const Column* column : key)
        names.append(column->name);
    return names;
}

int Table::columnIndex(const QString& column) const
{
    const auto found = std::ranges::find(columns, column, &Column::name);
    return found == columns.end() ? -1 : static_cast<int>(found - columns.begin());
}

} // namespace holdpoint
