// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonfields.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

const JsonNode::Members noMembers;
const JsonNode::Elements noElements;

const JsonNode::Members& membersOf(const JsonNode& node)
{
    return node.kind() == JsonNode::Kind::Object ? node.members() : noMembers;
}

} // namespace

JsonFields::JsonFields(const JsonNode& node, const JsonSource& source)
    : m_node(node)
    , m_source(source)
    , m_members(membersOf(node))
    , m_read(static_cast<qsizetype>(m_members.size()), false)
{
    if (node.kind() != JsonNode::Kind::Object)
        fail(node.offset(), u"an object is expected here, not %1"_s.arg(kindName(node.kind())));
}

const JsonNode* JsonFields::optional(QLatin1StringView key)
{
    m_known.append(key);
    for (size_t i = 0; ok() && i < m_members.size(); ++i) {
        if (m_members[i].key == key) {
            m_read[static_cast<qsizetype>(i)] = true;
            return &m_members[i].value;
        }
    }
    return nullptr;
}

const JsonNode* JsonFields::optional(QLatin1StringView key, JsonNode::Kind kind)
{
    return checked(optional(key), key, kind);
}

const JsonNode* JsonFields::required(QLatin1StringView key)
{
    const JsonNode* node = optional(key);
    if (!node)
        fail(m_node.offset(), u"the object lacks the key \"%1\""_s.arg(key));
    return node;
}

const JsonNode* JsonFields::required(QLatin1StringView key, JsonNode::Kind kind)
{
    return checked(required(key), key, kind);
}

const JsonNode* JsonFields::checked(const JsonNode* node, QLatin1StringView key, JsonNode::Kind kind)
{
    if (!node || node->kind() == kind)
        return node;
    fail(node->offset(), u"\"%1\" must be %2, not %3"_s.arg(key, kindName(kind), kindName(node->kind())));
    return nullptr;
}

QString JsonFields::text(QLatin1StringView key)
{
    const JsonNode* node = required(key, JsonNode::Kind::String);
    return node ? node->toString() : QString();
}

qint64 JsonFields::integer(QLatin1StringView key)
{
    const JsonNode* node = required(key, JsonNode::Kind::Integer);
    return node ? node->toInteger() : 0;
}

bool JsonFields::boolean(QLatin1StringView key)
{
    const JsonNode* node = required(key, JsonNode::Kind::Boolean);
    return node && node->toBoolean();
}

QString JsonFields::text(QLatin1StringView key, const QString& otherwise)
{
    const JsonNode* node = optional(key, JsonNode::Kind::String);
    return node ? node->toString() : otherwise;
}

qint64 JsonFields::integer(QLatin1StringView key, qint64 otherwise)
{
    const JsonNode* node = optional(key, JsonNode::Kind::Integer);
    return node ? node->toInteger() : otherwise;
}

bool JsonFields::boolean(QLatin1StringView key, bool otherwise)
{
    const JsonNode* node = optional(key, JsonNode::Kind::Boolean);
    return node ? node->toBoolean() : otherwise;
}

const JsonNode::Elements& JsonFields::array(QLatin1StringView key)
{
    const JsonNode* node = optional(key, JsonNode::Kind::Array);
    return node ? node->elements() : noElements;
}

void JsonFields::fail(qsizetype offset, const QString& message)
{
    if (ok())
        m_error = m_source.errorAt(offset, message);
}

void JsonFields::fail(const Error& error)
{
    if (ok())
        m_error = error;
}

Result<void> JsonFields::finish()
{
    for (size_t i = 0; ok() && i < m_members.size(); ++i) {
        if (m_read[static_cast<qsizetype>(i)])
            continue;
        QStringList known;
        for (const QLatin1StringView key : m_known)
            known.append(key);
        fail(m_members[i].offset, u"unknown key \"%1\"; known here: %2"_s.arg(m_members[i].key, known.join(", "_L1)));
    }
    if (!ok())
        return *m_error;
    return {};
}

} // namespace holdpoint
