// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/capture.h"

#include "effects/postgrescapture.h"
#include "effects/sqlitecapture.h"

namespace holdpoint {

std::unique_ptr<Capture> Capture::forConnection(Connection& connection)
{
    switch (connection.engine()) {
    case EngineKind::SQLite: return sqliteCapture(connection);
    case EngineKind::PostgreSQL: return postgresCapture(connection);
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
