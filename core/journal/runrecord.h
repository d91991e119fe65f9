// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "journal/run.h"

namespace holdpoint {

/// What the journal keeps of a run beside its batch and effects, and reads back: the line of `log --json`, and its
/// targets. Times are kept to a millisecond.
[[nodiscard]] Result<Run> runFromJson(const QByteArray& json);
[[nodiscard]] QByteArray targetsToJson(const QList<Target>& targets);
[[nodiscard]] Result<QList<Target>> targetsFromJson(const QByteArray& json);

} // namespace holdpoint
