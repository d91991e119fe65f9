// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonsource.h"
#include "base/jsontree.h"
#include "base/result.h"

#include <QVarLengthArray>

namespace holdpoint {

/// Reads the members of one object strictly: ask for each by its key, then call finish().
/// The first thing that is wrong is kept and everything after it answers empty: no object, a missing
/// key, a wrong type, a member that nobody asked for.
/// `node` and `source` must outlive it.
class JsonFields
{
public:
    JsonFields(const JsonNode& node, const JsonSource& source);

    /// Null if it is not there.
    [[nodiscard]] const JsonNode* optional(QLatin1StringView key);
    /// As optional(), but of one kind.
    [[nodiscard]] const JsonNode* optional(QLatin1StringView key, JsonNode::Kind kind);
    /// Not being there is an error; null only after an error.
    [[nodiscard]] const JsonNode* required(QLatin1StringView key);
    [[nodiscard]] const JsonNode* required(QLatin1StringView key, JsonNode::Kind kind);

    [[nodiscard]] QString text(QLatin1StringView key);
    [[nodiscard]] qint64 integer(QLatin1StringView key);
    [[nodiscard]] bool boolean(QLatin1StringView key);
    [[nodiscard]] QString text(QLatin1StringView key, const QString& otherwise);
    [[nodiscard]] qint64 integer(QLatin1StringView key, qint64 otherwise);
    [[nodiscard]] bool boolean(QLatin1StringView key, bool otherwise);
    /// Empty if it is not there.
    [[nodiscard]] const JsonNode::Elements& array(QLatin1StringView key);

    void fail(qsizetype offset, const QString& message);
    void fail(const Error& error);
    [[nodiscard]] bool ok() const { return !m_error.has_value(); }
    /// The first error, or the first member that was not asked for.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] const JsonNode* checked(const JsonNode* node, QLatin1StringView key, JsonNode::Kind kind);

    const JsonNode& m_node;
    const JsonSource& m_source;
    const JsonNode::Members& m_members;
    QVarLengthArray<bool, 16> m_read; // which members were asked for
    QVarLengthArray<QLatin1StringView, 16> m_known; // the keys that were asked for
    std::optional<Error> m_error;
};

} // namespace holdpoint
