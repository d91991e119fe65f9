// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/locksjson.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void writeWaiting(JsonWriter& writer, const WaitingSession& session)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    writer.key("pid"_L1);
    writer.integer(session.pid);
    writer.key("user"_L1);
    writer.string(session.user);
    writer.key("application"_L1);
    writer.string(session.application);
    writer.key("waits_for"_L1);
    writer.string(session.waitsFor);
    writer.key("ms"_L1);
    if (session.milliseconds)
        writer.integer(*session.milliseconds);
    else
        writer.null();
    writer.endObject();
}

void finish(JsonFields& members, JsonFields& parent)
{
    if (const auto finished = members.finish(); !finished)
        parent.fail(finished.error());
}

WaitingSession readWaiting(const JsonNode& node, const JsonSource& source, JsonFields& parent)
{
    JsonFields fields(node, source);
    WaitingSession session {
        fields.integer("pid"_L1), fields.text("user"_L1), fields.text("application"_L1), fields.text("waits_for"_L1), {}
    };
    const JsonNode* time = fields.required("ms"_L1);
    if (time && time->kind() == JsonNode::Kind::Integer)
        session.milliseconds = time->toInteger();
    finish(fields, parent);
    return session;
}

double readReal(JsonFields& fields, QLatin1StringView key)
{
    const JsonNode* node = fields.required(key, JsonNode::Kind::Real);
    return node ? node->toReal() : 0;
}

} // namespace

void writeLocksMembers(JsonWriter& writer, const HeldLocks& locks)
{
    writer.key("open_ms"_L1);
    writer.real(locks.openMilliseconds);
    writer.key("held_ms"_L1);
    writer.real(locks.heldMilliseconds);
    writer.key("held"_L1);
    writer.beginArray();
    for (const HeldLock& lock : locks.held) {
        writer.beginObject(JsonWriter::Layout::OneLine);
        writer.key("object"_L1);
        writer.string(lock.object);
        writer.key("mode"_L1);
        writer.string(lock.mode);
        writer.endObject();
    }
    writer.endArray();
    writer.key("waiting"_L1);
    if (locks.waiting) {
        writer.beginArray();
        for (const WaitingSession& session : *locks.waiting)
            writeWaiting(writer, session);
        writer.endArray();
    } else {
        writer.null();
    }
    if (!locks.unknown.isEmpty()) {
        writer.key("unknown"_L1);
        writer.string(locks.unknown);
    }
}

HeldLocks readLocksMembers(JsonFields& fields, const JsonSource& source)
{
    HeldLocks locks;
    locks.openMilliseconds = readReal(fields, "open_ms"_L1);
    locks.heldMilliseconds = readReal(fields, "held_ms"_L1);
    for (const JsonNode& node : fields.array("held"_L1)) {
        JsonFields members(node, source);
        locks.held.append({ members.text("object"_L1), members.text("mode"_L1) });
        finish(members, fields);
    }
    const JsonNode* waiting = fields.required("waiting"_L1);
    if (waiting && waiting->kind() == JsonNode::Kind::Array) {
        locks.waiting.emplace();
        for (const JsonNode& node : waiting->elements())
            locks.waiting->append(readWaiting(node, source, fields));
    }
    locks.unknown = fields.text("unknown"_L1, QString());
    return locks;
}

} // namespace holdpoint
