// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/volatilesources.h"

#include "effects/postgresvolatilesources.h"
#include "effects/sqlitevolatilesources.h"

namespace holdpoint {

std::unique_ptr<VolatileSources> VolatileSources::forConnection(Connection& connection)
{
    switch (connection.engine()) {
    case EngineKind::SQLite: return sqliteVolatileSources(connection);
    case EngineKind::PostgreSQL: return postgresVolatileSources(connection);
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
