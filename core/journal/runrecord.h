// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "journal/run.h"

namespace holdpoint {

/// What the journal keeps of a run beside its batch and effects, and reads back: the line of `log --json`, its
/// targets, and the commands with their descriptions. Times are kept to a millisecond, a command's to a microsecond.
[[nodiscard]] Result<Run> runFromJson(const QByteArray& json);
[[nodiscard]] QByteArray targetsToJson(const QList<Target>& targets);
[[nodiscard]] Result<QList<Target>> targetsFromJson(const QByteArray& json);
[[nodiscard]] QByteArray commandsToJson(const QList<CommandReport>& commands);
[[nodiscard]] Result<QList<CommandReport>> commandsFromJson(const QByteArray& json);

} // namespace holdpoint
