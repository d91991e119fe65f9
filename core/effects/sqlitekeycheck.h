// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/sqliteforeignkeys.h"

#include <functional>

namespace holdpoint {

/// The rows of a table that refer to rows that are not there, as they were before the transaction.
using BrokenBefore = std::function<Result<SqliteBrokenKeys>(const QByteArray& database, const QByteArray& table)>;

/// While foreign keys are off: checks those of and to the changed tables, by SQLite's own rules, for the values that
/// the effects brought or took away. A table as a whole only where its values cannot be looked up: rows that were not
/// all seen, columns that compare otherwise than those that they refer to, many keys gone from below an index that is
/// not there. A row that referred to nothing before is none of its business. Error (SQLITE_CONSTRAINT_FOREIGNKEY):
/// names the table and the values.
[[nodiscard]] Result<void> checkChangedKeys(sqlite3* handle, const TargetEffects& effects,
                                            const BrokenBefore& brokenBefore);

} // namespace holdpoint
