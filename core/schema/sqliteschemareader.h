// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "schema/schemareader.h"

namespace holdpoint {

[[nodiscard]] std::unique_ptr<SchemaReader> sqliteSchemaReader(Connection& connection);

} // namespace holdpoint
