// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresplaces.h"
#include "effects/postgresrelation.h"

namespace holdpoint {

// Questions about versions of a table's rows, and where they stand.

/// What is read before a version's values: its place and who wrote it, or who ended it.
enum class PostgresTouching { Birth, End, None };

/// Reads versions of a table, which the condition may call `t`. No condition: all.
[[nodiscard]] Statement versionsWhere(const Connection& connection, const TableName& table, const PostgresShape& shape,
                                      PostgresTouching touching, const QByteArray& condition,
                                      const QList<Value>& parameters = {});
/// Those whose columns have one of these values, array literals: element i of each belongs to element i of the others.
[[nodiscard]] Statement versionsByKey(const Connection& connection, const TableName& table, const PostgresShape& shape,
                                      PostgresTouching touching, const QStringList& columns,
                                      const QList<Value>& values);

/// Statements to be asked one after the other, none after the last, each made when it is its turn.
using PostgresStatements = std::function<std::optional<Statement>()>;

/// The same question about each of the arrays.
[[nodiscard]] PostgresStatements aboutEach(PostgresArrays arrays,
                                           std::function<Statement(const Value& array)> question);
/// Which of the places hold a version that the connection sees.
[[nodiscard]] PostgresStatements visibleAt(const Connection& connection, const TableName& table, PostgresArrays places);
/// Where the newest version of each one is, in the order of the places; its own place if there is none.
[[nodiscard]] PostgresStatements successorsOf(const Connection& connection, const TableName& table,
                                              PostgresArrays places);

/// True of versions of `t` that the batch wrote, or ended, and of few others. `later`: a transaction id that was given
/// after all of the batch's; with it the server may scan in parallel.
[[nodiscard]] QByteArray bornInBatch(const PostgresWorlds& worlds, std::optional<quint32> later = {});
[[nodiscard]] QByteArray endedInBatch(const PostgresWorlds& worlds, std::optional<quint32> later = {});

} // namespace holdpoint
