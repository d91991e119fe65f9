// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"

namespace holdpoint {

/// Effects as the journal keeps them, and back without loss: JSON as the contract's `targets` array, but each row
/// as an array, and of an update's new row only what changed. docs/journal.md has the form.
[[nodiscard]] QByteArray effectsToJson(const QList<TargetEffects>& effects);
[[nodiscard]] Result<QList<TargetEffects>> effectsFromJson(const QByteArray& json);

/// The first letter of a row's array.
namespace rowcode {
inline constexpr QLatin1StringView insert { "i" };
inline constexpr QLatin1StringView update { "u" };
inline constexpr QLatin1StringView wholeUpdate { "U" }; ///< old and new row have not the same columns
inline constexpr QLatin1StringView remove { "d" };
} // namespace rowcode

} // namespace holdpoint
