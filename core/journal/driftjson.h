// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "effects/drift.h"

namespace holdpoint {

/// One element of the contract's `drift`. What has no before or after is null. `at_preview` and `now` tell the kind
/// of change, its origin, command, partition and volatile columns.
void writeDrift(JsonWriter& writer, const DriftRow& row);
[[nodiscard]] Result<DriftRow> readDrift(const JsonNode& node, const JsonSource& source);

} // namespace holdpoint
