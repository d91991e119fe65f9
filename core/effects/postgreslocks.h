// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/heldlocks.h"
#include "session/postgresconnection.h"

#include <optional>

namespace holdpoint {

/// The locks of the transaction that `now` has open, and who waits for it or for `before`; asked on `before`, so that
/// a transaction that failed can be asked about too. If the transaction of `before` failed, it is ended. The times are
/// left at 0.
[[nodiscard]] Result<HeldLocks> readLocks(const PostgresConnection& now, PostgresConnection& before);

/// Submits to `before` the question whether any session waits for anything; `someone` stays empty if it fails.
void submitWaiting(PostgresConnection& before, std::optional<bool>& someone);

} // namespace holdpoint
