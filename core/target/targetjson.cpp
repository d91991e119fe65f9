// SPDX-License-Identifier: GPL-3.0-or-later
#include "target/targetjson.h"

#include "target/targeturi.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

void writeTargetMembers(JsonWriter& writer, const Target& target, const QDir& base)
{
    writer.key("uri"_L1);
    writer.string(targetUri(target, base));
    if (target.environment != Environment::Development) {
        writer.key("environment"_L1);
        writer.string(environmentName(target.environment));
    }
    if (target.readOnly) {
        writer.key("read_only"_L1);
        writer.boolean(true);
    }
}

Target readTargetMembers(JsonFields& fields, const JsonSource& source, const QString& name, const QDir& base)
{
    Target target;
    if (const JsonNode* uri = fields.required("uri"_L1, JsonNode::Kind::String)) {
        auto parsed = targetFromJson(*uri, source, name, base);
        if (parsed)
            target = std::move(parsed).value();
        else
            fields.fail(parsed.error());
    }
    if (const JsonNode* word = fields.optional("environment"_L1, JsonNode::Kind::String)) {
        const auto environment = environmentFromName(word->toString());
        if (environment)
            target.environment = *environment;
        else
            fields.fail(word->offset(), u"\"environment\" must be development, staging or production"_s);
    }
    target.readOnly = fields.boolean("read_only"_L1, false);
    return target;
}

Result<Target> targetFromJson(const JsonNode& uri, const JsonSource& source, const QString& name, const QDir& base)
{
    auto parsed = parseTargetUri(name, uri.toString(), base);
    if (parsed)
        return parsed;
    Error error = source.errorAt(uri.offset(), parsed.error().message);
    error.hint = parsed.error().hint;
    return error;
}

} // namespace holdpoint
