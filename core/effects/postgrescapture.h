// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/capture.h"

namespace holdpoint {

/// Two connections on one snapshot: the given one runs the batch, a sibling keeps the old world. Needs no privilege
/// beyond SELECT; what the user may not read is told as counts. The connection must be a PostgresConnection.
[[nodiscard]] std::unique_ptr<Capture> postgresCapture(Connection& connection);

} // namespace holdpoint
