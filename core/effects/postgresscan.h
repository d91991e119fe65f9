// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/capture.h"
#include "effects/postgresversionquestions.h"
#include "effects/postgresversions.h"

namespace holdpoint {

/// Rows as `connection` sees them now.
[[nodiscard]] Result<PostgresVersions> readVersions(PostgresConnection& connection, const TableName& table,
                                                    const PostgresShape& shape, PostgresTouching touching);

/// What changed in one table, by two scans: versions that only `now` sees and versions that only `before` sees,
/// paired by the server's own chain of versions. Needs no key, and no lock that stands in the way of `before`.
/// `advance` is told of the pages of a large table.
[[nodiscard]] Result<PostgresFoundRows> scanChanges(const PostgresWorlds& worlds, const PostgresRelation& relation,
                                                    const PostgresShape& shape, const Capture::Advance& advance);

} // namespace holdpoint
