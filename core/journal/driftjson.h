// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "effects/drift.h"

namespace holdpoint {

/// One element of the contract's `drift`. What has no before or after is null. Reading back gives the
/// rows' values; their origin, command and volatile columns are not written.
void writeDrift(JsonWriter& writer, const DriftRow& row);
[[nodiscard]] Result<DriftRow> readDrift(const JsonNode& node, const JsonSource& source);

} // namespace holdpoint
