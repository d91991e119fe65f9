// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/schemareader.h"

#include "schema/postgresschemareader.h"
#include "schema/sqliteschemareader.h"

namespace holdpoint {

std::unique_ptr<SchemaReader> SchemaReader::forConnection(Connection& connection)
{
    switch (connection.engine()) {
    case EngineKind::SQLite: return sqliteSchemaReader(connection);
    case EngineKind::PostgreSQL: return postgresSchemaReader(connection);
    }
    Q_UNREACHABLE();
}

/// What an engine says has a code.
bool SchemaReader::isNoSuchTable(const Error& error)
{
    return error.kind == ErrorKind::Statement && !error.table.isEmpty() && error.nativeCode == 0
        && error.sqlState.isEmpty();
}

Result<Table> SchemaReader::tableWithKeys(const QString& schema, const QString& name)
{
    auto found = table(schema, name);
    if (!found)
        return found;
    auto keys = uniqueKeys(*found);
    if (!keys)
        return keys.error();
    Table complete = std::move(found).value();
    complete.uniqueKeys = std::move(keys).value();
    return complete;
}

} // namespace holdpoint
