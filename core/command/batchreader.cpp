// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batchreader.h"

#include "base/jsonreader.h"
#include "command/statementinfo.h"
#include "schema/nearnames.h"
#include "target/targetjson.h"
#include "target/targeturi.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto formatName = "holdpoint-batch/1"_L1;

const Target* find(const QList<Target>& targets, const QString& name)
{
    const auto found = std::ranges::find(targets, name, &Target::name);
    return found == targets.end() ? nullptr : &*found;
}

QStringList namesOf(const QList<Target>& targets)
{
    QStringList names;
    for (const Target& target : targets)
        names.append(target.name);
    return names;
}

qsizetype offsetOf(const JsonNode& node, QLatin1StringView key)
{
    const JsonNode* member = node.find(key);
    return member ? member->offset() : -1;
}

} // namespace

BatchReader::BatchReader(const QByteArray& json, const BatchFileOptions& options)
    : m_source { json, options.fileName }
    , m_options(options)
{
}

Result<Batch> BatchReader::read()
{
    const auto root
        = parseJsonSplit(m_source, "commands"_L1, [this](const JsonNode& node) { return readCommand(node); });
    if (!root)
        return root.error();
    if (const auto done = readRoot(*root); !done)
        return done.error();
    if (const auto done = checkOverrides(); !done)
        return done.error();
    if (const auto done = checkCommands(); !done)
        return done.error();
    // What a replaced target's URI held is not looked at: it might be a password.
    if (m_options.overrides.isEmpty())
        m_batch.setText({ m_source.bytes, m_options.base.absolutePath() });
    return std::move(m_batch);
}

Result<void> BatchReader::readCommand(const JsonNode& node)
{
    JsonFields fields(node, m_source);
    StoreCommandPtr command;
    if (const JsonNode* op = fields.required("op"_L1, JsonNode::Kind::String)) {
        if (const CommandFormat* format = commandFormat(op->toString()))
            command = format->read(fields, { m_source, m_options.base, m_strings });
        else
            fields.fail(
                op->offset(),
                u"unknown operation \"%1\"; known are %2"_s.arg(op->toString(), knownOperations().join(", "_L1)));
    }
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    m_batch.commands.append(std::move(command));
    m_places.push_back({ offsetOf(node, "target"_L1), offsetOf(node, "text"_L1) });
    return {};
}

Result<void> BatchReader::readRoot(const JsonNode& root)
{
    JsonFields fields(root, m_source);
    const JsonNode* format = fields.required("format"_L1, JsonNode::Kind::String);
    if (format && format->toString() != formatName)
        fields.fail(format->offset(),
                    u"the format \"%1\" is not known; this program reads \"%2\""_s.arg(format->toString(), formatName));
    m_batch.title = fields.text("title"_L1, {});
    m_batch.reason = fields.text("reason"_L1, {});
    if (const JsonNode* targets = fields.required("targets"_L1, JsonNode::Kind::Object)) {
        if (const auto read = readTargets(*targets); !read)
            fields.fail(read.error());
    }
    // Its elements were read one by one.
    if (const JsonNode* commands = fields.required("commands"_L1, JsonNode::Kind::Array))
        Q_ASSERT(commands->elements().empty());
    return fields.finish();
}

Result<void> BatchReader::readTargets(const JsonNode& node)
{
    for (const JsonMember& member : node.members()) {
        auto target = readTarget(member);
        if (!target)
            return target.error();
        m_batch.targets.append(std::move(target).value());
    }
    return {};
}

Result<Target> BatchReader::readTarget(const JsonMember& member) const
{
    if (member.key.isEmpty())
        return m_source.errorAt(member.offset, u"a target needs a name"_s);
    if (const Target* replacement = find(m_options.overrides, member.key))
        return *replacement;
    if (member.value.kind() == JsonNode::Kind::Object) {
        JsonFields fields(member.value, m_source);
        Target target = readTargetMembers(fields, m_source, member.key, m_options.base);
        if (const auto finished = fields.finish(); !finished)
            return finished.error();
        return target;
    }
    if (member.value.kind() != JsonNode::Kind::String)
        return m_source.errorAt(
            member.value.offset(),
            u"a target must be a URI or a saved target's name, not %1"_s.arg(kindName(member.value.kind())));
    if (isTargetUri(member.value.toString()))
        return targetFromJson(member.value, m_source, member.key, m_options.base);
    return savedTarget(member);
}

Result<Target> BatchReader::savedTarget(const JsonMember& member) const
{
    const QString& name = member.value.toString();
    if (const Target* saved = find(m_options.targets, name)) {
        Target target = *saved;
        target.name = member.key;
        return target;
    }
    Error error = m_source.errorAt(member.value.offset(), u"no saved target is called \"%1\""_s.arg(name));
    error.hint = nearNamesHint(name, namesOf(m_options.targets));
    if (error.hint.isEmpty())
        error.hint = u"write sqlite:PATH, postgresql://user@host:port/dbname or a saved target's name"_s;
    return error;
}

Result<void> BatchReader::checkOverrides() const
{
    for (const Target& replacement : m_options.overrides) {
        if (m_batch.target(replacement.name))
            continue;
        Error error
            = makeError(ErrorKind::Usage,
                        u"%1 has no target \"%2\" that could be replaced"_s.arg(m_options.fileName, replacement.name));
        error.hint = nearNamesHint(replacement.name, namesOf(m_batch.targets));
        return error;
    }
    return {};
}

Result<void> BatchReader::checkCommands()
{
    for (qsizetype i = 0; i < m_batch.commands.size(); ++i) {
        const StoreCommand& command = *m_batch.commands.at(i);
        const Target* target = m_batch.target(command.target());
        if (!target)
            return unknownTarget(i);
        const qsizetype text = m_places[static_cast<size_t>(i)].text;
        if (text < 0)
            continue;
        if (const auto checked = checkSql(dynamic_cast<const RunSql&>(command), target->engine, text); !checked)
            return checked.error();
    }
    return {};
}

Error BatchReader::unknownTarget(qsizetype index) const
{
    const QString& name = m_batch.commands.at(index)->target();
    Error error = m_source.errorAt(m_places[static_cast<size_t>(index)].target, u"unknown target \"%1\""_s.arg(name));
    error.hint = nearNamesHint(name, namesOf(m_batch.targets));
    if (error.hint.isEmpty())
        error.hint = u"name it under \"targets\""_s;
    return error;
}

Result<void> BatchReader::checkSql(const RunSql& sql, EngineKind engine, qsizetype textOffset)
{
    const auto expected = parameterCount(engine, sql.text());
    if (!expected) {
        Error error = expected.error();
        const qsizetype offset = error.position > 0 ? m_source.offsetInString(textOffset, error.position) : textOffset;
        error.message = m_source.errorAt(offset, error.message).message;
        error.kind = ErrorKind::Usage;
        return error;
    }
    const qsizetype given = sql.parameters().size();
    if (*expected != StatementInfo::unknownCount && given != *expected)
        return m_source.errorAt(textOffset,
                                u"the statement has %1 parameters, \"params\" gives %2"_s.arg(*expected).arg(given));
    return {};
}

Result<int> BatchReader::parameterCount(EngineKind engine, const QString& text)
{
    constexpr size_t mostTexts = 1024;
    auto& known = m_checked[static_cast<size_t>(engine)];
    if (const auto found = known.find(text); found != known.end())
        return found->second;
    const auto info = checkStatement(engine, text);
    if (!info)
        return info.error();
    if (known.size() < mostTexts)
        known.emplace(text, info->parameterCount);
    return info->parameterCount;
}

} // namespace holdpoint
