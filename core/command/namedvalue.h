// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

namespace holdpoint {

struct NamedValue
{
    QString column;
    Value value;
    friend bool operator==(const NamedValue&, const NamedValue&) = default;
};
using NamedValues = QList<NamedValue>; ///< in the order of the batch file

struct TableName
{
    QString schema; ///< empty: the engine's own search order
    QString table;
    friend bool operator==(const TableName&, const TableName&) = default;
};

} // namespace holdpoint
