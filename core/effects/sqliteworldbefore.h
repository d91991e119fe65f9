// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sqliteconnection.h"

namespace holdpoint {

/// A connection that sees a file as it was before the transaction of `connection`, as long as that has not committed.
/// It waits for nothing: once the changes did not fit in memory, nobody can read a file that has a rollback journal.
[[nodiscard]] Result<std::unique_ptr<SqliteConnection>> openWorldBefore(SqliteConnection& connection);

/// Whether the world before could not be read for that reason.
[[nodiscard]] bool isLocked(const Error& error);

} // namespace holdpoint
