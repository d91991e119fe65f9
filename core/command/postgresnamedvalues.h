// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"

#include <pg_query/pg_query.pb-c.h>

namespace holdpoint {

/// The columns that the condition of an UPDATE on one table compares with constants: see StatementInfo::NamedValues.
[[nodiscard]] QList<StatementInfo::NamedValues> postgresNamedValues(const PgQuery__UpdateStmt& update);

} // namespace holdpoint
