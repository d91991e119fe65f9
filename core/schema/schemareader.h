// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "schema/table.h"
#include "session/connection.h"

namespace holdpoint {

/// Reads the schema over the connection, in its current transaction if there is one.
/// Used in the connection's thread only.
class SchemaReader
{
public:
    virtual ~SchemaReader() = default;
    /// Every table and view that the user may see, without columns; sorted by schema and name.
    [[nodiscard]] virtual Result<QList<Table>> tables() = 0;
    /// One table, complete. An empty schema means the engine's own search order.
    /// No such table: ErrorKind::Statement, with near names as the hint.
    [[nodiscard]] virtual Result<Table> table(const QString& schema, const QString& name) = 0;
    /// That this is what the error says.
    [[nodiscard]] static bool isNoSuchTable(const Error& error);
    /// The same with its unique keys, which only some ask for.
    [[nodiscard]] Result<Table> tableWithKeys(const QString& schema, const QString& name);

    [[nodiscard]] static std::unique_ptr<SchemaReader> forConnection(Connection& connection);

protected:
    [[nodiscard]] virtual Result<QList<UniqueKey>> uniqueKeys(const Table& table) = 0;
};

} // namespace holdpoint
