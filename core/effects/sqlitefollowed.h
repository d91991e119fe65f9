// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/sqlitelineage.h"
#include "effects/sqliteschemadiff.h"
#include "effects/sqlitetouched.h"

#include <memory>
#include <vector>

namespace holdpoint {

/// Tells the lineage which tables were dropped, renamed, made or given other columns by one statement, from the schemas
/// before and after it.
void followTables(SqliteLineage& lineage, const SqliteSchemaImage& before, const SqliteSchemaImage& now, int command,
                  sqlite3* handle);

/// The name that a table of now had at the beginning; none for a new table. A virtual table's name is in those of its
/// shadow tables. `touched` by index in the lineage.
[[nodiscard]] SqliteTableId formerName(const SqliteSchemaImage& schema, const SqliteLineage& lineage,
                                       const std::vector<std::unique_ptr<SqliteTouched>>& touched,
                                       const SqliteTableId& id);

} // namespace holdpoint
