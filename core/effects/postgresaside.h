// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"

#include <optional>

namespace holdpoint {

/// A question that may fail without harm to the transaction, behind a savepoint of its own. None: the server refused
/// it, as it may need what another connection has locked. An error is the connection's own, or the cancellation.
[[nodiscard]] Result<std::optional<Rowset>> askAside(Connection& connection, const Statement& question);

} // namespace holdpoint
