// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsontree.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

JsonNode::JsonNode(State state, qsizetype offset)
    : m_state(std::move(state))
    , m_offset(offset)
{
}

const JsonNode* JsonNode::find(QLatin1StringView key) const
{
    const auto* members = std::get_if<Members>(&m_state);
    if (!members)
        return nullptr;
    const auto found = std::ranges::find_if(*members, [key](const JsonMember& member) { return member.key == key; });
    return found == members->end() ? nullptr : &found->value;
}

void JsonNode::append(JsonNode element)
{
    std::get<Elements>(m_state).push_back(std::move(element));
}

void JsonNode::append(JsonMember member)
{
    std::get<Members>(m_state).push_back(std::move(member));
}

QString kindName(JsonNode::Kind kind)
{
    switch (kind) {
    case JsonNode::Kind::Null: return u"null"_s;
    case JsonNode::Kind::Boolean: return u"a boolean"_s;
    case JsonNode::Kind::Integer: return u"an integer"_s;
    case JsonNode::Kind::Real: return u"a number with a fraction"_s;
    case JsonNode::Kind::String: return u"a string"_s;
    case JsonNode::Kind::Array: return u"an array"_s;
    case JsonNode::Kind::Object: return u"an object"_s;
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
