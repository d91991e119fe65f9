// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/statementinfo.h"

#include "command/postgresstatement.h"
#include "command/sqlitestatement.h"

namespace holdpoint {

Result<StatementInfo> checkStatement(EngineKind engine, const QString& text)
{
    switch (engine) {
    case EngineKind::SQLite: return checkSqliteStatement(text);
    case EngineKind::PostgreSQL: return checkPostgresStatement(text);
    }
    Q_UNREACHABLE();
}

Result<QList<ScriptStatement>> splitScript(EngineKind engine, const QString& script)
{
    switch (engine) {
    case EngineKind::SQLite: return splitSqliteScript(script);
    case EngineKind::PostgreSQL: return splitPostgresScript(script);
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
