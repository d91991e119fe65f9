// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/runrecord.h"

#include "base/jsonreader.h"
#include "journal/driftjson.h"
#include "journal/errorjson.h"
#include "journal/locksjson.h"
#include "target/targetjson.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QJsonValue toJsonValue(const JsonNode& node)
{
    switch (node.kind()) {
    case JsonNode::Kind::Null: return QJsonValue::Null;
    case JsonNode::Kind::Boolean: return node.toBoolean();
    case JsonNode::Kind::Integer: return node.toInteger();
    case JsonNode::Kind::Real: return node.toReal();
    case JsonNode::Kind::String: return node.toString();
    case JsonNode::Kind::Array: {
        QJsonArray array;
        for (const JsonNode& element : node.elements())
            array.append(toJsonValue(element));
        return array;
    }
    case JsonNode::Kind::Object: {
        QJsonObject object;
        for (const JsonMember& member : node.members())
            object.insert(member.key, toJsonValue(member.value));
        return object;
    }
    }
    Q_UNREACHABLE();
}

std::optional<EngineKind> engineFromName(const QString& name)
{
    for (const EngineKind engine : { EngineKind::SQLite, EngineKind::PostgreSQL }) {
        if (engineName(engine) == name)
            return engine;
    }
    return {};
}

QDateTime readTime(JsonFields& fields, QLatin1StringView key)
{
    return QDateTime::fromString(fields.text(key), Qt::ISODateWithMs);
}

TargetReport readTarget(const JsonNode& node, const JsonSource& source, JsonFields& parent)
{
    JsonFields fields(node, source);
    TargetReport target;
    target.name = fields.text("name"_L1);
    target.engine = readNamed(fields, "engine"_L1, &engineFromName, EngineKind::SQLite);
    target.uri = fields.text("uri"_L1);
    target.outcome = readNamed(fields, "outcome"_L1, &outcomeFromName, Outcome::InDoubt);
    if (const JsonNode* evidence = fields.required("evidence"_L1, JsonNode::Kind::Object))
        target.evidence = toJsonValue(*evidence).toObject();
    target.rollbackError = readOptionalError(fields, "rollback_error"_L1, source);
    if (const auto finished = fields.finish(); !finished)
        parent.fail(finished.error());
    return target;
}

std::optional<Failure> readOptionalFailure(JsonFields& fields, const JsonSource& source)
{
    const JsonNode* node = fields.required("failure"_L1);
    if (!node || node->isNull())
        return {};
    JsonFields members(*node, source);
    const Failure failure = readFailure(members);
    if (const auto finished = members.finish(); !finished)
        fields.fail(finished.error());
    return failure;
}

// Records of an earlier version have none.
void readLocks(JsonFields& fields, const JsonSource& source, Run& run)
{
    const JsonNode* locks = fields.optional("locks"_L1, JsonNode::Kind::Array);
    if (!locks)
        return;
    for (const JsonNode& node : locks->elements()) {
        JsonFields members(node, source);
        const QString name = members.text("target"_L1);
        const auto target = std::ranges::find(run.targets, name, &TargetReport::name);
        if (target == run.targets.end())
            members.fail(0, u"there is no target \"%1\""_s.arg(name));
        else
            target->locks = readLocksMembers(members, source);
        if (const auto finished = members.finish(); !finished)
            fields.fail(finished.error());
    }
}

} // namespace

Result<Run> runFromJson(const QByteArray& json)
{
    const JsonSource source { json, u"run"_s };
    const auto root = parseJson(source);
    if (!root)
        return root.error();
    JsonFields fields(*root, source);
    Run run;
    if (const QString format = fields.text("format"_L1); format != "holdpoint-run/1"_L1)
        fields.fail(0, u"the format \"%1\" is not known"_s.arg(format));
    run.id = fields.text("run"_L1);
    run.kind = readNamed(fields, "kind"_L1, &runKindFromName, RunKind::Preview);
    run.undoOf = fields.text("undo_of"_L1, QString());
    run.title = fields.text("title"_L1);
    run.reason = fields.text("batch_reason"_L1, QString());
    run.started = readTime(fields, "started"_L1);
    run.ended = readTime(fields, "ended"_L1);
    run.outcome = readNamed(fields, "outcome"_L1, &outcomeFromName, Outcome::InDoubt);
    run.cause = fields.text("reason"_L1);
    run.digest = fields.text("digest"_L1);
    for (const JsonNode& target : fields.array("targets"_L1))
        run.targets.append(readTarget(target, source, fields));
    run.failure = readOptionalFailure(fields, source);
    readLocks(fields, source, run);
    for (const JsonNode& element : fields.array("drift"_L1)) {
        auto row = readDrift(element, source);
        if (row)
            run.drift.append(std::move(row).value());
        else
            fields.fail(row.error());
    }
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    return run;
}

QByteArray targetsToJson(const QList<Target>& targets)
{
    JsonWriter writer;
    writer.beginObject();
    for (const Target& target : targets) {
        writer.key(target.name);
        writer.beginObject();
        writeTargetMembers(writer, target, QDir::root());
        writer.endObject();
    }
    writer.endObject();
    return writer.take();
}

Result<QList<Target>> targetsFromJson(const QByteArray& json)
{
    const JsonSource source { json, u"targets"_s };
    const auto root = parseJson(source);
    if (!root)
        return root.error();
    QList<Target> targets;
    if (root->kind() != JsonNode::Kind::Object)
        return source.errorAt(0, u"targets are an object"_s);
    for (const JsonMember& member : root->members()) {
        JsonFields fields(member.value, source);
        targets.append(readTargetMembers(fields, source, member.key, QDir::root()));
        if (const auto finished = fields.finish(); !finished)
            return finished.error();
    }
    return targets;
}

} // namespace holdpoint
