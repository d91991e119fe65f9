// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestables.h"

namespace holdpoint {

/// After a rollback: completes the effects of a table that the batch had locked against every reader, with the old
/// rows as `before` still sees them.
[[nodiscard]] Result<void> completeTable(PostgresConnection& before, const PostgresTables::Waiting& waiting,
                                         PostgresAttribution& attribution, TargetEffects& effects);

} // namespace holdpoint
