// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgresrelation.h"

namespace holdpoint {

/// One version of a row, as it stands in its table.
struct PostgresVersion
{
    QString place; ///< its ctid
    PostgresTouch touch;
    Row row;
};

/// Rows as `connection` sees them now, with who wrote them. `condition`: SQL, may be empty.
[[nodiscard]] Result<QList<PostgresVersion>> readVersions(Connection& connection, const TableName& table,
                                                          const PostgresShape& shape, const QByteArray& condition);

/// What changed in one table, by two scans: versions that only `now` sees and versions that only `before` sees,
/// paired by the server's own chain of versions. Needs no key, and no lock that stands in the way of `before`.
[[nodiscard]] Result<QList<PostgresFoundRow>> scanChanges(const PostgresWorlds& worlds, const TableName& table,
                                                          const PostgresShape& shape);

} // namespace holdpoint
