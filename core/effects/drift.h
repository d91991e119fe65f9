// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// One row (or schema change) whose effect now is not the previewed one; a missing side means no such change.
struct DriftRow
{
    QString target;
    TableName table;
    QStringList columns;
    QList<NamedValue> key;
    std::optional<RowChange> preview;
    std::optional<RowChange> now;
    QString text; ///< for what is no row: a schema change, a count
    friend bool operator==(const DriftRow&, const DriftRow&) = default;
};

/// Row by row, matched by key (whole rows without one). Empty: the same effects. Both normalized. New values that
/// are volatile on either side are not compared; what isCompared() leaves out neither.
[[nodiscard]] QList<DriftRow> compareEffects(const QList<TargetEffects>& preview, const QList<TargetEffects>& now);

} // namespace holdpoint
