// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "session/sqliteconnection.h"

namespace holdpoint {

/// While foreign keys are off: what refers to rows that are not there, of and to the changed tables, by SQLite's own
/// rules, for the values that the effects brought or took away; one text a value. A table as a whole only where its
/// values cannot be looked up: rows that were not all seen, columns that compare otherwise than those that they refer
/// to, many keys gone from below an index that is not there. A row that referred to nothing before and still stands
/// there is none of its business.
[[nodiscard]] Result<QStringList> danglingKeys(SqliteConnection& connection, const TargetEffects& effects);

} // namespace holdpoint
