// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestouched.h"

namespace holdpoint {

/// Old rows that a CHECK would not let in again: it is NOT VALID, and they are older than it. Their undo will fail.
[[nodiscard]] Result<QList<Caution>> oldChecks(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                               const TargetEffects& effects);

} // namespace holdpoint
