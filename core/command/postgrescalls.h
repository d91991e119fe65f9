// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"

#include <protobuf-c/protobuf-c.h>

namespace holdpoint {

/// Adds what one message of a tree (of walkPostgresTree) calls.
void addPostgresCalls(const ProtobufCMessage& message, StatementInfo::Calls& calls);

/// What an expression calls, as a column's default. Error: it cannot be parsed.
[[nodiscard]] Result<StatementInfo::Calls> postgresExpressionCalls(const QString& expression);

/// Whether PostgreSQL may read this text as a time that it is now ('now', 'today 10:00').
[[nodiscard]] bool mayTellTime(QStringView text);

} // namespace holdpoint
