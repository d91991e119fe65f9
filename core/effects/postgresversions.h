// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgresplaces.h"
#include "effects/postgresrelation.h"

namespace holdpoint {

/// One version of a row, as it stands in its table.
struct PostgresVersion
{
    PostgresPlace place = 0;
    PostgresTouch touch;
    Row row;
};

/// What is read beside a version's values: its place and who wrote it, or who ended it.
enum class PostgresTouching { Birth, End, None };

/// Reads versions of a table, which the condition may call `t`. No condition: all.
[[nodiscard]] Statement versionsWhere(const Connection& connection, const TableName& table, const PostgresShape& shape,
                                      PostgresTouching touching, const QByteArray& condition,
                                      const QList<Value>& parameters = {});
/// Those whose columns have one of these values, array literals: element i of each belongs to element i of the others.
[[nodiscard]] Statement versionsByKey(const Connection& connection, const TableName& table, const PostgresShape& shape,
                                      PostgresTouching touching, const QStringList& columns,
                                      const QList<Value>& values);
[[nodiscard]] QList<PostgresVersion> versionsOf(Rowset rowset, const PostgresShape& shape);

/// Which of the places hold a version that the connection sees.
[[nodiscard]] Statement visibleAt(const Connection& connection, const TableName& table, const Value& places);
/// Where the newest version of each one is, in the order of the places; its own place if there is none.
[[nodiscard]] Statement successorsOf(const Connection& connection, const TableName& table, const Value& places);
/// What the two before gave.
[[nodiscard]] QList<PostgresPlace> placesIn(const Rowset& rowset);
[[nodiscard]] Value placesOf(const QList<PostgresVersion>& versions);

/// True of versions that the batch wrote, and of few others.
[[nodiscard]] QByteArray bornInBatch(const PostgresWorlds& worlds);

/// Rows of one table out of versions that only the old world sees and versions that only the batch sees.
/// `successors`: of the old ones, in their order.
[[nodiscard]] QList<PostgresFoundRow> pairVersions(QList<PostgresVersion> old, const QList<PostgresPlace>& successors,
                                                   QList<PostgresVersion> fresh);

/// Rows as `connection` sees them now, with who wrote them.
[[nodiscard]] Result<QList<PostgresVersion>> readVersions(Connection& connection, const TableName& table,
                                                          const PostgresShape& shape);

/// What changed in one table, by two scans: versions that only `now` sees and versions that only `before` sees,
/// paired by the server's own chain of versions. Needs no key, and no lock that stands in the way of `before`.
[[nodiscard]] Result<QList<PostgresFoundRow>> scanChanges(const PostgresWorlds& worlds, const TableName& table,
                                                          const PostgresShape& shape);

} // namespace holdpoint
