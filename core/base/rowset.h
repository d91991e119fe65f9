// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <QStringList>

namespace holdpoint {

/// What one statement returned: its columns, its rows in order, and how many rows it changed.
struct Rowset
{
    QStringList columns;
    QList<Row> rows;
    qint64 affected = 0; ///< rows inserted, updated or deleted by the statement itself; 0 for a query
};

} // namespace holdpoint
