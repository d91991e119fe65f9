// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"

namespace holdpoint {

[[nodiscard]] Result<StatementInfo> checkPostgresStatement(const QString& text);
[[nodiscard]] Result<QList<ScriptStatement>> splitPostgresScript(const QString& script);

} // namespace holdpoint
