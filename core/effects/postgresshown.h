// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgrescopies.h"

namespace holdpoint {

// How the rows of one relation come to the table under which they are shown: its own, or the root of its partitions.

void addRows(PostgresFoundTable& table, const PostgresRelation& relation, PostgresFoundRows rows);
/// The rows of a relation that is known at both moments.
void addDifference(PostgresFoundTable& table, const PostgresRelation& relation, const PostgresCopy& before,
                   const PostgresCopy& after);
void addIncomplete(PostgresFoundTable& table, const PostgresRelation& relation, const QString& reason);

/// Its rows become those of its effects, each with its cause, and are no more its own.
void pack(PostgresFoundTable& table, const PostgresAttribution& attribution);

} // namespace holdpoint
