// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/batch.h"
#include "effects/effects.h"

namespace holdpoint {

/// The batch that restores every row that `effects` changed: each command guarded by the after-image,
/// in an order that foreign keys accept (`parentsFirst` gives tables of each target, referenced ones before
/// referencing ones). Error: what cannot be undone, by name (incomplete effects, schema changes).
[[nodiscard]] Result<Batch> inverseBatch(const QList<TargetEffects>& effects, const QList<Target>& targets,
                                         const QMap<QString, QList<TableName>>& parentsFirst);

} // namespace holdpoint
