// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "journal/run.h"

namespace holdpoint {

/// An error as an object: "message" and whatever else is known.
void writeError(JsonWriter& writer, const Error& error);
[[nodiscard]] Error readError(JsonFields& fields);

/// A failure as the contract's object, with all of its keys: "" where a text is unknown, null where a number is.
void writeFailure(JsonWriter& writer, const Failure& failure);
[[nodiscard]] Failure readFailure(JsonFields& fields);

} // namespace holdpoint
