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

/// After the end of the transaction `xid`, empty if it had none. If it was rolled back, all of the tables, with the old
/// rows as the old world still sees them, in place of what there was to show so far: the rows that a run finds that has
/// copied the parts before. After a commit nothing, as what was truncated or dropped is gone for the old world too.
[[nodiscard]] Result<void> completeTables(const PostgresWorlds& worlds, const QString& xid,
                                          std::vector<PostgresLateTable> late, PostgresAttribution& attribution,
                                          TargetEffects& effects);

} // namespace holdpoint
