// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <QHashFunctions>

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
    friend size_t qHash(const TableName& name, size_t seed = 0) { return qHashMulti(seed, name.schema, name.table); }
};

} // namespace holdpoint
