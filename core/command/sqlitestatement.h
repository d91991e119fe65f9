// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"

namespace holdpoint {

[[nodiscard]] Result<StatementInfo> checkSqliteStatement(const QString& text);
[[nodiscard]] Result<QList<ScriptStatement>> splitSqliteScript(const QString& script);

} // namespace holdpoint
