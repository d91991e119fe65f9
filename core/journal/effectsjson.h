// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "effects/effects.h"

namespace holdpoint {

struct EffectsJsonOptions
{
    qint64 maxRows = -1; ///< rows a table; -1: all
    bool shape = false; ///< with what only reading back needs: columns, primary key, generated columns
};

/// The contract's `targets` array.
void writeEffects(JsonWriter& writer, const QList<TargetEffects>& effects, const EffectsJsonOptions& options);
/// Reads what was written with its shape and with all rows.
[[nodiscard]] Result<TargetEffects> readTargetEffects(const JsonNode& node, const JsonSource& source);

/// {"id": 1, "name": "Ada"}: the values of a row, or those of some columns, by name.
void writeRow(JsonWriter& writer, const QStringList& columns, const Row& row);
void writeKey(JsonWriter& writer, const QStringList& columns, const QList<int>& keyColumns, const Row& row);

} // namespace holdpoint
