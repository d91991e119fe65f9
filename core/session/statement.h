// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

namespace holdpoint {

/// One SQL statement of the engine's own grammar with the values of its parameters, bound, never spliced in.
/// Parameters are `$1…` on PostgreSQL, `?1…` on SQLite. On PostgreSQL a Text is the literal text of
/// whatever type the server infers for the parameter.
struct Statement
{
    QByteArray text; ///< UTF-8, without NUL
    QList<Value> parameters;
    /// A question of our own that comes again in every run: PostgreSQL prepares it once a connection, and it fails once
    /// its answer would have other columns.
    bool kept = false;
};

} // namespace holdpoint
