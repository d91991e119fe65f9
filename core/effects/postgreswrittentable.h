// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/namedvalue.h"
#include "session/connection.h"

namespace holdpoint {

/// What must be known of the table that a statement names before it runs.
struct PostgresWrittenTable
{
    qint64 oid = 0;
    bool ordinary = false; ///< no view, no rules, nothing inherits from it, the user may read all of it
    bool triggers = false;
    QStringList key; ///< the primary key's columns
    QList<TableName> tables; ///< it and those that inherit from it; empty: there is no such table
};

/// In one question, or two where something inherits from it. An empty schema: by the search path.
[[nodiscard]] Result<PostgresWrittenTable> readWrittenTable(Connection& connection, const TableName& name);

} // namespace holdpoint
