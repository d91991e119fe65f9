// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/commandcontext.h"

namespace holdpoint {

/// A command on one row: its table, the key that names the row, and the values that it must still hold.
struct RowAddress
{
    const TableName& table;
    const NamedValues& key;
    const NamedValues& expect;
};

/// Submits the statement that changes the row, guarded to change exactly one. SQLite does not count what
/// INSTEAD OF triggers do, so a view's row is counted before.
[[nodiscard]] Result<void> submitOnOneRow(CommandContext& context, const RowAddress& row, const Table& table,
                                          const Statement& statement);

/// Why the statement changed `rows` rows instead of one: reads the row. ErrorKind::Guard.
[[nodiscard]] Error explainOneRow(CommandContext& context, const RowAddress& row, qint64 rows);

} // namespace holdpoint
