// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonsource.h"
#include "base/jsontree.h"
#include "base/result.h"

#include <functional>

namespace holdpoint {

/// Reads one JSON document strictly: RFC 8259 in UTF-8 without a byte order mark or a NUL, no key twice
/// in an object, integers of 64 bits, no number that a double would change, at most 64 levels.
/// Error: ErrorKind::Usage, "file:line:column: what". Any thread.
[[nodiscard]] Result<JsonNode> parseJson(const JsonSource& source);
[[nodiscard]] Result<JsonNode> parseJson(const QByteArray& json, const QString& fileName);

/// As parseJson(), but hands each element of the array that is the root's member `key` to `element` when
/// it was read, and keeps none: the array is empty in the tree. Stops at the first error of `element`.
[[nodiscard]] Result<JsonNode> parseJsonSplit(const JsonSource& source, QLatin1StringView key,
                                              std::function<Result<void>(const JsonNode&)> element);

} // namespace holdpoint
