// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"

namespace holdpoint {

/// Effects as the journal keeps them, and back without loss: the length of a head, the head (JSON as the contract's
/// `targets` array, of each table only how many rows it has), then the rows of all tables as they are packed; all of it
/// compressed. Rows go through memory one by one. docs/journal.md has the form.
[[nodiscard]] QByteArray effectsToRecord(const QList<TargetEffects>& effects);
[[nodiscard]] Result<QList<TargetEffects>> effectsFromRecord(const QByteArray& record);

} // namespace holdpoint
