// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"
#include "schema/table.h"
#include "target/target.h"

#include <optional>

namespace holdpoint {

/// A value on one line of a cell: line ends as a mark, cut after `limit` characters with an ellipsis.
[[nodiscard]] QString cellText(const Value& value, int limit = 200);

/// The value as an editor shows it: whole, bytes as x'..', NULL as nothing.
[[nodiscard]] QString editText(const Value& value);

/// What the operator's text means in this column. SQLite: what the column's affinity would make of it,
/// so that a number stays a number. PostgreSQL: the literal text, except where the wire has a type
/// (boolean, integers, bytea). None: x'..' with a digit that is no hexadecimal.
[[nodiscard]] std::optional<Value> valueFromText(const QString& text, const Column& column, EngineKind engine);

/// Whether values of this column are numbers, for alignment.
[[nodiscard]] bool isNumeric(const Value& value);

} // namespace holdpoint
