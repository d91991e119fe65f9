// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgrescopies.h"

namespace holdpoint {

/// A relation that the batch locked against every reader without having copied it, as the batch left it.
struct PostgresLatePart
{
    PostgresRelation relation;
    PostgresCopy after;
    QString reason; ///< why it was not copied
};

/// A table with such parts. Its other rows wait for them: a row that moved between partitions is a pair only when both
/// are known.
struct PostgresLateTable
{
    PostgresFoundTable found; ///< without the parts, not paired
    PostgresShape shape;
    std::vector<PostgresLatePart> parts;
};

/// What there is to show until the parts are known, and if they never are. All rows must have been seen.
[[nodiscard]] TableEffects effectsSoFar(const PostgresLateTable& late, const PostgresAttribution& attribution);

/// After a rollback: all of it, with the old rows as the old world still sees them. Its rows are those that a run finds
/// that has copied the parts before.
[[nodiscard]] Result<PostgresFoundTable> completeTable(const PostgresWorlds& worlds, PostgresLateTable late);

} // namespace holdpoint
