// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonsource.h"
#include "base/jsontree.h"
#include "base/jsonwriter.h"
#include "base/result.h"
#include "base/value.h"

namespace holdpoint {

/// The contract's "Values in JSON": what one function writes the other reads back equal.
/// (The exceptions are what no database gives: a NaN, RawText that could be Text.)
void writeValue(JsonWriter& writer, const Value& value);
[[nodiscard]] Result<Value> valueFromJson(const JsonNode& node, const JsonSource& source);

} // namespace holdpoint
