// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <pg_query/pg_query.pb-c.h>

namespace holdpoint {

/// Why a statement cannot be part of a batch, one sentence without its end; empty if it can.
[[nodiscard]] QString postgresRefusal(const PgQuery__Node& statement);

} // namespace holdpoint
