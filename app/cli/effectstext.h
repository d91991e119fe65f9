// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/drift.h"
#include "effects/effects.h"
#include "terminal.h"

namespace holdpoint::cli {

/// Tables, rows, before → after, as aligned lines.
[[nodiscard]] QStringList effectsText(const TargetEffects& effects, const Terminal& terminal, qint64 maxRows);
[[nodiscard]] QStringList driftText(const QList<DriftRow>& drift, const Terminal& terminal, qint64 maxRows);

/// Cells padded to the width of their column; the last is not.
[[nodiscard]] QStringList aligned(const QList<QStringList>& rows, const QString& indent);

} // namespace holdpoint::cli
