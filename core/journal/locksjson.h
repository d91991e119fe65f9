// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "effects/heldlocks.h"

namespace holdpoint {

/// HeldLocks as members of an object that also names the target: the same in all JSON and in the journal.
void writeLocksMembers(JsonWriter& writer, const HeldLocks& locks);
/// What is wrong becomes the error of `fields`.
[[nodiscard]] HeldLocks readLocksMembers(JsonFields& fields, const JsonSource& source);

} // namespace holdpoint
