// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/volatilesources.h"

namespace holdpoint {

[[nodiscard]] std::unique_ptr<VolatileSources> postgresVolatileSources(Connection& connection);

} // namespace holdpoint
