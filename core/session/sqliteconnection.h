// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"

namespace holdpoint {

[[nodiscard]] Result<std::unique_ptr<Connection>> openSqlite(const Target& target, const ConnectionOptions& options);

} // namespace holdpoint
