// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLatin1StringView>
#include <QString>

#include <variant>
#include <vector>

namespace holdpoint {

struct JsonMember;

/// One value of a JSON document as it was read, and the byte offset in the document where it begins.
/// A number without a point or an exponent is an Integer, exact in 64 bits; the others are Real.
class JsonNode
{
public:
    enum class Kind { Null, Boolean, Integer, Real, String, Array, Object };
    using Elements = std::vector<JsonNode>;
    using Members = std::vector<JsonMember>; ///< in the order of the document; keys are unique
    using State = std::variant<std::monostate, bool, qint64, double, QString, Elements, Members>;

    JsonNode() = default;
    JsonNode(State state, qsizetype offset);

    [[nodiscard]] Kind kind() const { return static_cast<Kind>(m_state.index()); }
    [[nodiscard]] qsizetype offset() const { return m_offset; }
    [[nodiscard]] bool isNull() const { return kind() == Kind::Null; }

    // Each asks for exactly its kind; another kind is a programming error.
    [[nodiscard]] bool toBoolean() const { return std::get<bool>(m_state); }
    [[nodiscard]] qint64 toInteger() const { return std::get<qint64>(m_state); }
    [[nodiscard]] double toReal() const { return std::get<double>(m_state); }
    [[nodiscard]] const QString& toString() const { return std::get<QString>(m_state); }
    [[nodiscard]] const Elements& elements() const { return std::get<Elements>(m_state); }
    [[nodiscard]] const Members& members() const { return std::get<Members>(m_state); }

    /// The member of an Object; null if there is none, or if this is no Object.
    [[nodiscard]] const JsonNode* find(QLatin1StringView key) const;

    void append(JsonNode element);
    void append(JsonMember member);

private:
    State m_state;
    qsizetype m_offset = 0;
};

struct JsonMember
{
    QString key;
    qsizetype offset = 0; ///< of the key
    JsonNode value;
};

[[nodiscard]] QString kindName(JsonNode::Kind kind); ///< with its article: "an object", "null"

} // namespace holdpoint
