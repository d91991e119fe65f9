// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"

#include <QList>

#include <pg_query/pg_query.pb-c.h>

namespace holdpoint {

/// The tables that a statement names and locks against every reader: truncated, altered, renamed, dropped, clustered,
/// locked, with their policies, rules or triggers changed.
[[nodiscard]] QList<TableName> postgresRewritten(const PgQuery__Node& statement);

} // namespace holdpoint
