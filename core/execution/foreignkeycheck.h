// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "transaction/transactioncontext.h"

namespace holdpoint {

/// PostgreSQL: while triggers are suppressed, neither foreign keys nor deferrable unique keys are enforced. Checks
/// those that concern the changed tables, for the values that the effects brought or took away: a look-up a value, not
/// a scan of the tables; the tables as a whole only where not all changed rows were seen. Error (Statement, 23503 or
/// 23505) names the first that is violated and the values; a reference that is among `known`, what the run that is
/// undone said of what it took away, becomes a caution. In the session's thread.
[[nodiscard]] Result<void> checkForeignKeys(TransactionContext& transaction, const QStringList& known,
                                            TargetEffects& effects);

/// SQLite: an error (Statement) if an undo leaves a reference to a row that is not there which was not among `known`,
/// what the run that is undone said of what it took away.
[[nodiscard]] Result<void> checkDangling(const TargetEffects& effects, const QStringList& known);

} // namespace holdpoint
