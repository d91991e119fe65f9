// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QDateTime>

namespace holdpoint {

/// Whether a new value that is not marked as volatile may be this time in whole seconds: a time of day without a
/// fraction, in any time zone, or seconds since 1970. Such values are equal in two runs within one second.
[[nodiscard]] bool mayTellSecond(const QList<TargetEffects>& effects, const QDateTime& time);

} // namespace holdpoint
