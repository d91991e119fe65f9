// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/connection.h"

#include "session/postgresconnection.h"
#include "session/sqliteconnection.h"

namespace holdpoint {

Result<std::unique_ptr<Connection>> openConnection(const Target& target, const ConnectionOptions& options,
                                                   std::shared_ptr<SecretSource> secrets)
{
    switch (target.engine) {
    case EngineKind::SQLite: return openSqlite(target, options);
    case EngineKind::PostgreSQL: return openPostgres(target, options, std::move(secrets));
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
