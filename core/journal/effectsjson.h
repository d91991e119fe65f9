// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonwriter.h"
#include "effects/effects.h"

namespace holdpoint {

/// The contract's `targets` array; `maxRows` a table, -1: all.
void writeEffects(JsonWriter& writer, const QList<TargetEffects>& effects, qint64 maxRows);

/// {"id": 1, "name": "Ada"}: the values of a row, or those of some columns, by name.
void writeRow(JsonWriter& writer, const QStringList& columns, const Row& row);
void writeKey(JsonWriter& writer, const QStringList& columns, const QList<int>& keyColumns, const Row& row);

} // namespace holdpoint
