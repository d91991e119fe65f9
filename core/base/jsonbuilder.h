// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonsource.h"
#include "base/jsontree.h"
#include "base/result.h"
#include "base/texthash.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <QSet>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace holdpoint {

/// Where the elements of the root's member `key` go, one by one, instead of into the tree.
struct JsonSplit
{
    QLatin1StringView key;
    std::function<Result<void>(const JsonNode&)> element;
};

/// Receives RapidJSON's events and builds the tree; the first event that breaks a rule stops the reading.
/// Only for jsonreader.cpp.
class JsonBuilder
{
public:
    JsonBuilder(const JsonSource& source, const rapidjson::MemoryStream& stream, const JsonSplit* split);

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] JsonNode takeRoot() { return std::move(m_root); }

    // The names are RapidJSON's.
    bool Null();
    bool Bool(bool value);
    bool RawNumber(const char* text, rapidjson::SizeType length, bool copy);
    bool String(const char* text, rapidjson::SizeType length, bool copy);
    bool StartObject();
    bool Key(const char* text, rapidjson::SizeType length, bool copy);
    bool EndObject(rapidjson::SizeType members);
    bool StartArray();
    bool EndArray(rapidjson::SizeType elements);
    // Never called: kParseNumbersAsStringsFlag.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(qint64) { return false; }
    bool Uint64(quint64) { return false; }
    bool Double(double) { return false; }

private:
    /// A key, and what stood there and after it the last time: most objects of a document are alike.
    struct KnownKey
    {
        QString text;
        std::string bytes;
        KnownKey* next = nullptr;
        std::string lastBytes; // of a string that is its value
        QString lastText;
    };
    struct Frame
    {
        JsonNode node;
        QString key; // of the member that is being read
        KnownKey* known = nullptr; // the same, if it is kept
        qsizetype keyOffset = 0;
        QSet<QString> keys; // only of objects with many members
    };

    [[nodiscard]] qsizetype takeTokenOffset();
    [[nodiscard]] bool isSplitArray() const;
    [[nodiscard]] bool isDuplicate(Frame& frame, const QString& key) const;
    bool open(JsonNode::State state);
    bool close();
    bool add(JsonNode&& node);
    bool fail(qsizetype offset, const QString& message);
    bool checkSurrogates(QByteArrayView text, qsizetype offset);
    [[nodiscard]] KnownKey* knownKey(std::string_view text);
    [[nodiscard]] QString valueText(std::string_view text);

    const JsonSource& m_source;
    const rapidjson::MemoryStream& m_stream;
    const JsonSplit* m_split;
    qsizetype m_end = 0; // of the last token
    std::vector<Frame> m_frames;
    // Keys repeat, and their text is shared. Not a QHash, whose hashing took a third of the reading.
    std::unordered_map<std::string, KnownKey, TextHash, std::equal_to<>> m_keys;
    KnownKey* m_lastKey = nullptr;
    bool m_hasEscapes; // only they can hold half of a surrogate pair
    JsonNode m_root;
    std::optional<Error> m_error;
};

} // namespace holdpoint
