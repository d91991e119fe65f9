// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonreader.h"

#include "base/jsonbuilder.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString syntaxMessage(rapidjson::ParseErrorCode code)
{
    using namespace rapidjson;
    switch (code) {
    case kParseErrorNone:
    case kParseErrorTermination:
    case kParseErrorUnspecificSyntaxError: break;
    case kParseErrorDocumentEmpty: return u"the document is empty"_s;
    case kParseErrorDocumentRootNotSingular: return u"something follows the end of the document"_s;
    case kParseErrorValueInvalid: return u"a value is expected here"_s;
    case kParseErrorObjectMissName: return u"a key in double quotes is expected here"_s;
    case kParseErrorObjectMissColon: return u"a colon is expected after the key"_s;
    case kParseErrorObjectMissCommaOrCurlyBracket: return u"a comma or } is expected here"_s;
    case kParseErrorArrayMissCommaOrSquareBracket: return u"a comma or ] is expected here"_s;
    case kParseErrorStringUnicodeEscapeInvalidHex: return u"\\u needs four hexadecimal digits"_s;
    case kParseErrorStringUnicodeSurrogateInvalid:
        return u"the string holds half of a surrogate pair (\\ud800 to \\udfff)"_s;
    case kParseErrorStringEscapeInvalid: return u"the string holds an unknown escape or a control character"_s;
    case kParseErrorStringMissQuotationMark: return u"the string has no closing quote"_s;
    case kParseErrorStringInvalidEncoding: return u"the text is not valid UTF-8"_s;
    case kParseErrorNumberTooBig: return u"the number is too big; write it as a string"_s;
    case kParseErrorNumberMissFraction: return u"a digit is expected after the decimal point"_s;
    case kParseErrorNumberMissExponent: return u"a digit is expected in the exponent"_s;
    }
    return u"this is not JSON"_s;
}

bool endsEarly(const JsonSource& source, size_t offset)
{
    return QByteArrayView(source.bytes).sliced(static_cast<qsizetype>(offset)).trimmed().isEmpty();
}

Error syntaxError(const JsonSource& source, const rapidjson::Reader& reader)
{
    const auto code = reader.GetParseErrorCode();
    const auto offset = static_cast<qsizetype>(reader.GetErrorOffset());
    const bool early = endsEarly(source, reader.GetErrorOffset()) && code != rapidjson::kParseErrorDocumentEmpty;
    if (early)
        return source.errorAt(source.bytes.size(), u"the file ends too early; it may be cut short"_s);
    return source.errorAt(offset, syntaxMessage(code));
}

Result<void> checkBytes(const JsonSource& source)
{
    if (source.bytes.startsWith("\xef\xbb\xbf") || source.bytes.startsWith("\xff\xfe")
        || source.bytes.startsWith("\xfe\xff"))
        return source.errorAt(0, u"the file begins with a byte order mark; save it as UTF-8 without one"_s);
    if (const qsizetype nul = source.bytes.indexOf('\0'); nul >= 0)
        return source.errorAt(nul, u"the file holds a NUL byte"_s);
    return {};
}

Result<JsonNode> read(const JsonSource& source, const JsonSplit* split)
{
    if (const auto checked = checkBytes(source); !checked)
        return checked.error();
    rapidjson::MemoryStream stream(source.bytes.constData(), static_cast<size_t>(source.bytes.size()));
    JsonBuilder builder(source, stream, split);
    rapidjson::Reader reader;
    // Only a text that is not UTF-8 is read the slow way, which finds the place.
    constexpr unsigned plain = rapidjson::kParseNumbersAsStringsFlag;
    constexpr unsigned validating = plain | rapidjson::kParseValidateEncodingFlag;
    const bool parsed = source.bytes.isValidUtf8() ? !reader.Parse<plain>(stream, builder).IsError()
                                                   : !reader.Parse<validating>(stream, builder).IsError();
    if (!parsed)
        return builder.error() ? *builder.error() : syntaxError(source, reader);
    return builder.takeRoot();
}

} // namespace

Result<JsonNode> parseJson(const JsonSource& source)
{
    return read(source, nullptr);
}

Result<JsonNode> parseJson(const QByteArray& json, const QString& fileName)
{
    return parseJson(JsonSource { json, fileName });
}

Result<JsonNode> parseJsonSplit(const JsonSource& source, QLatin1StringView key,
                                std::function<Result<void>(const JsonNode&)> element)
{
    const JsonSplit split { key, std::move(element) };
    return read(source, &split);
}

} // namespace holdpoint
