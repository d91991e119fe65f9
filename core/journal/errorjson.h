// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "journal/run.h"

namespace holdpoint {

/// An error as an object: "message" and whatever else is known.
void writeError(JsonWriter& writer, const Error& error);
[[nodiscard]] Error readError(JsonFields& fields);

/// The member `key`, which may be missing.
[[nodiscard]] std::optional<Error> readOptionalError(JsonFields& fields, QLatin1StringView key,
                                                     const JsonSource& source);

/// A failure as the contract's object, with all of its keys: "" where a text is unknown, null where a number is.
void writeFailure(JsonWriter& writer, const Failure& failure);
[[nodiscard]] Failure readFailure(JsonFields& fields);

/// A text that names one of a closed set.
template <typename T>
[[nodiscard]] T readNamed(JsonFields& fields, QLatin1StringView key, std::optional<T> (*fromName)(const QString&),
                          T otherwise)
{
    const JsonNode* node = fields.required(key, JsonNode::Kind::String);
    if (!node)
        return otherwise;
    const auto named = fromName(node->toString());
    if (!named)
        fields.fail(node->offset(), QStringLiteral("\"%1\" is not known here").arg(node->toString()));
    return named.value_or(otherwise);
}

} // namespace holdpoint
