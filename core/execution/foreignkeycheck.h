// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "transaction/transactioncontext.h"

namespace holdpoint {

/// PostgreSQL: while triggers are suppressed, foreign keys are not enforced. Checks every validated foreign key from or
/// to a table that the effects changed. Error (Statement, 23503) names the first that is violated. In the session's
/// thread.
[[nodiscard]] Result<void> checkForeignKeys(TransactionContext& transaction, const TargetEffects& effects);

} // namespace holdpoint
