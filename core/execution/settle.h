// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// Asks the targets of a run what became of transactions whose end was not heard: a COMMIT or ROLLBACK without an
/// answer. Target outcomes, run outcome and evidence are updated where the answer is certain; what cannot be known
/// stays in doubt. Never the GUI's thread.
void settleRun(const PoolSource& pools, const QList<Target>& targets, const RunOptions& options, Run& run);

/// What a connection to the target tells about rows that the effects changed: all as after (Committed), all as
/// before (RolledBack), else none. For engines without a record of transactions (SQLite).
[[nodiscard]] Result<std::optional<CommitEnd>> endByImages(Connection& connection, const TargetEffects& effects);

} // namespace holdpoint
