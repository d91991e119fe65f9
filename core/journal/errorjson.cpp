// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/errorjson.h"

#include <algorithm>
#include <array>
#include <span>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

struct KindName
{
    ErrorKind kind;
    QLatin1StringView name;
};
constexpr std::array kindNames {
    KindName { ErrorKind::Usage, "usage"_L1 },
    KindName { ErrorKind::File, "file"_L1 },
    KindName { ErrorKind::Unreachable, "unreachable"_L1 },
    KindName { ErrorKind::Statement, "statement"_L1 },
    KindName { ErrorKind::Guard, "guard"_L1 },
    KindName { ErrorKind::Cancelled, "cancelled"_L1 },
    KindName { ErrorKind::Timeout, "timeout"_L1 },
    KindName { ErrorKind::ConnectionLost, "connection-lost"_L1 },
    KindName { ErrorKind::Drift, "drift"_L1 },
    KindName { ErrorKind::Outdated, "outdated"_L1 },
    KindName { ErrorKind::Internal, "internal"_L1 },
};

QLatin1StringView kindText(ErrorKind kind)
{
    const auto found = std::ranges::find(kindNames, kind, &KindName::kind);
    Q_ASSERT(found != kindNames.end());
    return found->name;
}

struct TextField
{
    QLatin1StringView key;
    QString Error::*member;
};
constexpr std::array contractTexts {
    TextField { "sqlstate"_L1, &Error::sqlState },     TextField { "message"_L1, &Error::message },
    TextField { "detail"_L1, &Error::detail },         TextField { "hint"_L1, &Error::hint },
    TextField { "constraint"_L1, &Error::constraint },
};
constexpr std::array furtherTexts {
    TextField { "schema"_L1, &Error::schema },
    TextField { "table"_L1, &Error::table },
    TextField { "column"_L1, &Error::column },
    TextField { "statement"_L1, &Error::statement },
};

void writeKnownTexts(JsonWriter& writer, const Error& error, std::span<const TextField> fields)
{
    for (const TextField& field : fields) {
        if (!(error.*field.member).isEmpty())
            writer.string(field.key, error.*field.member);
    }
}

void writeFurther(JsonWriter& writer, const Error& error)
{
    writer.string("kind"_L1, kindText(error.kind));
    writeKnownTexts(writer, error, furtherTexts);
    if (error.nativeCode != 0) {
        writer.key("native_code"_L1);
        writer.integer(error.nativeCode);
    }
}

} // namespace

void writeError(JsonWriter& writer, const Error& error)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    writeKnownTexts(writer, error, contractTexts);
    if (error.position > 0) {
        writer.key("position"_L1);
        writer.integer(error.position);
    }
    writeFurther(writer, error);
    writer.endObject();
}

Error readError(JsonFields& fields)
{
    Error error;
    for (const TextField& field : contractTexts)
        error.*field.member = fields.text(field.key, QString());
    for (const TextField& field : furtherTexts)
        error.*field.member = fields.text(field.key, QString());
    if (const JsonNode* position = fields.optional("position"_L1); position && !position->isNull())
        error.position = static_cast<int>(fields.integer("position"_L1));
    error.nativeCode = static_cast<int>(fields.integer("native_code"_L1, 0));
    const QString kind = fields.text("kind"_L1);
    const auto named = std::ranges::find(kindNames, kind, &KindName::name);
    if (named != kindNames.end())
        error.kind = named->kind;
    else if (const JsonNode* node = fields.optional("kind"_L1))
        fields.fail(node->offset(), u"there is no kind of error called \"%1\""_s.arg(kind));
    return error;
}

std::optional<Error> readOptionalError(JsonFields& fields, QLatin1StringView key, const JsonSource& source)
{
    const JsonNode* node = fields.optional(key, JsonNode::Kind::Object);
    if (!node)
        return {};
    JsonFields members(*node, source);
    const Error error = readError(members);
    if (const auto finished = members.finish(); !finished)
        fields.fail(finished.error());
    return error;
}

void writeFailure(JsonWriter& writer, const Failure& failure)
{
    writer.beginObject();
    writer.key("command"_L1);
    if (failure.command)
        writer.integer(*failure.command);
    else
        writer.null();
    writer.string("target"_L1, failure.target);
    for (const TextField& field : contractTexts)
        writer.string(field.key, failure.error.*field.member);
    writer.key("position"_L1);
    if (failure.error.position > 0)
        writer.integer(failure.error.position);
    else
        writer.null();
    writeFurther(writer, failure.error);
    writer.endObject();
}

Failure readFailure(JsonFields& fields)
{
    Failure failure;
    if (const JsonNode* command = fields.required("command"_L1); command && !command->isNull())
        failure.command = static_cast<int>(fields.integer("command"_L1));
    failure.target = fields.text("target"_L1);
    failure.error = readError(fields);
    return failure;
}

} // namespace holdpoint
