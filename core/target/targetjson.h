// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "target/target.h"

#include <QDir>

namespace holdpoint {

/// A target's members `uri`, `environment` and `read_only` of an open object; the last two only if they
/// are not development and writable.
void writeTargetMembers(JsonWriter& writer, const Target& target, const QDir& base);
/// Reads them; what is wrong is kept in `fields`.
[[nodiscard]] Target readTargetMembers(JsonFields& fields, const JsonSource& source, const QString& name,
                                       const QDir& base);

/// A URI in a JSON string: an error gets the string's place.
[[nodiscard]] Result<Target> targetFromJson(const JsonNode& uri, const JsonSource& source, const QString& name,
                                            const QDir& base);

} // namespace holdpoint
