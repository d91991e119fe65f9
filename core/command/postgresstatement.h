// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"

#include <QByteArrayList>

#include <optional>

namespace holdpoint {

[[nodiscard]] Result<StatementInfo> checkPostgresStatement(const QString& text);
[[nodiscard]] Result<QList<ScriptStatement>> splitPostgresScript(const QString& script);

/// An INSERT, UPDATE or DELETE without RETURNING, with one of these columns of its table: none if the parser does not
/// say that it is otherwise the same statement.
[[nodiscard]] std::optional<QByteArray> postgresReturning(const QByteArray& text, const StatementInfo& info,
                                                          const QByteArrayList& columns);

} // namespace holdpoint
