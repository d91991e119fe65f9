// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgresrelation.h"

namespace holdpoint {

// What the server's chain of versions does not tell: a row that was deleted in one place and inserted in another.

/// A row that was deleted and inserted again under the same primary key has changed, or not even that; without a key,
/// equal rows cancel each other out. A row that moved to another partition is deleted there and inserted here, by one
/// command. All rows of the table must be known; `shape` is the root's.
void pairRows(PostgresFoundTable& table, const PostgresShape& shape);

} // namespace holdpoint
