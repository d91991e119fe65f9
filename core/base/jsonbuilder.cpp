// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonbuilder.h"

#include "base/jsonnumber.h"
#include "base/utf8text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr size_t maxDepth = 64;
constexpr size_t manyMembers = 16;
constexpr size_t maxInternedLength = 64;
constexpr size_t maxInternedKeys = 4096;
constexpr size_t usualMembers = 8;

bool isBetweenTokens(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ',' || byte == ':';
}

} // namespace

JsonBuilder::JsonBuilder(const JsonSource& source, const rapidjson::MemoryStream& stream, const JsonSplit* split)
    : m_source(source)
    , m_stream(stream)
    , m_split(split)
    , m_hasEscapes(source.bytes.contains('\\'))
{
}

bool JsonBuilder::Null()
{
    return add(JsonNode({}, takeTokenOffset()));
}

bool JsonBuilder::Bool(bool value)
{
    return add(JsonNode(value, takeTokenOffset()));
}

bool JsonBuilder::RawNumber(const char* text, rapidjson::SizeType length, bool)
{
    const qsizetype offset = takeTokenOffset();
    const JsonNumber number = jsonNumber(QByteArrayView(text, length));
    if (const auto* problem = std::get_if<QString>(&number))
        return fail(offset, *problem);
    if (const auto* integer = std::get_if<qint64>(&number))
        return add(JsonNode(*integer, offset));
    return add(JsonNode(std::get<double>(number), offset));
}

bool JsonBuilder::String(const char* text, rapidjson::SizeType length, bool)
{
    const qsizetype offset = takeTokenOffset();
    return checkSurrogates(QByteArrayView(text, length), offset)
        && add(JsonNode(valueText(std::string_view(text, length)), offset));
}

bool JsonBuilder::StartObject()
{
    JsonNode::Members members;
    members.reserve(usualMembers);
    return open(std::move(members));
}

bool JsonBuilder::Key(const char* text, rapidjson::SizeType length, bool)
{
    Frame& frame = m_frames.back();
    frame.keyOffset = takeTokenOffset();
    if (!checkSurrogates(QByteArrayView(text, length), frame.keyOffset))
        return false;
    frame.known = knownKey(std::string_view(text, length));
    frame.key = frame.known ? frame.known->text : QString::fromUtf8(text, length);
    if (isDuplicate(frame, frame.key))
        return fail(frame.keyOffset, u"the key \"%1\" stands twice in one object"_s.arg(frame.key));
    return true;
}

bool JsonBuilder::EndObject(rapidjson::SizeType)
{
    return close();
}

bool JsonBuilder::StartArray()
{
    return open(JsonNode::Elements());
}

bool JsonBuilder::EndArray(rapidjson::SizeType)
{
    return close();
}

// RapidJSON tells only where a token ends; between two tokens stand only these characters.
qsizetype JsonBuilder::takeTokenOffset()
{
    const QByteArrayView bytes(m_source.bytes);
    qsizetype offset = m_end;
    while (offset < bytes.size() && isBetweenTokens(bytes[offset]))
        ++offset;
    m_end = static_cast<qsizetype>(m_stream.Tell());
    return offset;
}

bool JsonBuilder::isSplitArray() const
{
    return m_split && m_frames.size() == 2 && m_frames.back().node.kind() == JsonNode::Kind::Array
        && m_frames.front().node.kind() == JsonNode::Kind::Object && m_frames.front().key == m_split->key;
}

bool JsonBuilder::isDuplicate(Frame& frame, const QString& key) const
{
    const JsonNode::Members& members = frame.node.members();
    if (members.size() < manyMembers)
        return std::ranges::find(members, key, &JsonMember::key) != members.end();
    if (frame.keys.isEmpty()) {
        for (const JsonMember& member : members)
            frame.keys.insert(member.key);
    }
    const qsizetype before = frame.keys.size();
    frame.keys.insert(key);
    return frame.keys.size() == before;
}

bool JsonBuilder::open(JsonNode::State state)
{
    const qsizetype offset = takeTokenOffset();
    if (m_frames.size() == maxDepth)
        return fail(offset, u"objects and arrays are nested more than %1 deep"_s.arg(maxDepth));
    m_frames.emplace_back().node = JsonNode(std::move(state), offset);
    return true;
}

bool JsonBuilder::close()
{
    m_end = static_cast<qsizetype>(m_stream.Tell());
    JsonNode node = std::move(m_frames.back().node);
    m_frames.pop_back();
    return add(std::move(node));
}

bool JsonBuilder::add(JsonNode&& node)
{
    if (m_frames.empty()) {
        m_root = std::move(node);
        return true;
    }
    if (isSplitArray()) {
        const Result<void> taken = m_split->element(node);
        if (!taken)
            m_error = taken.error();
        return taken.ok();
    }
    Frame& frame = m_frames.back();
    if (frame.node.kind() == JsonNode::Kind::Array)
        frame.node.append(std::move(node));
    else
        frame.node.append(JsonMember { frame.key, frame.keyOffset, std::move(node) });
    return true;
}

bool JsonBuilder::fail(qsizetype offset, const QString& message)
{
    m_error = m_source.errorAt(offset, message);
    return false;
}

// RapidJSON 1.1 lets a lone low surrogate pass ("\udc00"), which no UTF-8 can hold.
bool JsonBuilder::checkSurrogates(QByteArrayView text, qsizetype offset)
{
    if (!m_hasEscapes)
        return true;
    for (qsizetype at = text.indexOf('\xed'); at >= 0; at = text.indexOf('\xed', at + 1)) {
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0)
            return fail(offset, u"the string holds half of a surrogate pair (\\ud800 to \\udfff)"_s);
    }
    return true;
}

// Null if it is too long, or if there are too many.
JsonBuilder::KnownKey* JsonBuilder::knownKey(std::string_view text)
{
    if (m_lastKey && m_lastKey->next && m_lastKey->next->bytes == text)
        return m_lastKey = m_lastKey->next;
    KnownKey* const before = m_lastKey;
    auto known = m_keys.find(text);
    if (known == m_keys.end() && text.size() <= maxInternedLength && m_keys.size() < maxInternedKeys) {
        known = m_keys.try_emplace(std::string(text)).first;
        known->second.bytes = text;
        known->second.text = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    }
    m_lastKey = known == m_keys.end() ? nullptr : &known->second;
    if (before)
        before->next = m_lastKey;
    return m_lastKey;
}

// Shared with the same key's value before, if that was the same.
QString JsonBuilder::valueText(std::string_view text)
{
    const auto decoded = [bytes = QByteArrayView(text.data(), static_cast<qsizetype>(text.size()))] {
        auto ascii = asciiText(bytes);
        return ascii ? std::move(*ascii) : QString::fromUtf8(bytes);
    };
    KnownKey* const key = m_frames.empty() ? nullptr : m_frames.back().known;
    if (!key || text.size() > maxInternedLength)
        return decoded();
    if (key->lastBytes != text || key->lastText.isNull()) {
        key->lastBytes = text;
        key->lastText = decoded();
    }
    return key->lastText;
}

} // namespace holdpoint
