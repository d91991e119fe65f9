// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/postgresconnection.h"

#include <optional>

namespace holdpoint {

/// Questions that read rows and may fail without harm to the transaction: all in one round trip, behind a savepoint
/// that is rolled back, so that they hold no lock afterwards. None: the server refused one, or somebody else, or the
/// other connection of the capture, has locked what it needs; nobody is waited for. An error is the connection's own,
/// or the cancellation.
[[nodiscard]] Result<std::optional<QList<Rowset>>> askAside(PostgresConnection& connection,
                                                            const QList<Statement>& questions);

} // namespace holdpoint
