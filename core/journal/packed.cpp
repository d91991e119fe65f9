// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/packed.h"

#include "command/batchfile.h"
#include "journal/commandrecord.h"
#include "journal/effectsrecord.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Value packed(const QByteArray& text)
{
    constexpr int quick = 1;
    return Value::blob(qCompress(text, quick));
}

Result<QByteArray> unpacked(const Value& value, const QString& what)
{
    const QByteArray text = value.kind() == Value::Kind::Blob ? qUncompress(value.toBytes()) : QByteArray();
    if (text.isEmpty())
        return makeError(ErrorKind::File, u"the journal is damaged: %1 cannot be read"_s.arg(what));
    return text;
}

} // namespace

Value packedBatch(const Batch& batch)
{
    return packed(writeBatch(batch, QDir::root()));
}

Value packedEffects(const QList<TargetEffects>& effects)
{
    return packed(effectsToJson(effects));
}

Value packedCommands(const QList<CommandReport>& commands, bool batchIsKept)
{
    return packed(commandsToJson(commands, batchIsKept));
}

Result<Batch> unpackedBatch(const Value& value, const QString& what)
{
    const auto text = unpacked(value, what);
    if (!text)
        return text.error();
    return asDamage(readBatch(*text, { QDir::root(), what, {}, {} }), what);
}

Result<QList<TargetEffects>> unpackedEffects(const Value& value, const QString& what)
{
    const auto json = unpacked(value, what);
    if (!json)
        return json.error();
    return asDamage(effectsFromJson(*json), what);
}

Result<QList<CommandReport>> unpackedCommands(const Value& value, const Value& batch, const QString& what)
{
    const auto json = unpacked(value, what);
    if (!json)
        return json.error();
    const bool needsBatch = !json->startsWith("[{") && !batch.isNull();
    if (!needsBatch)
        return asDamage(commandsFromJson(*json, nullptr), what);
    const auto kept = unpackedBatch(batch, what);
    if (!kept)
        return kept.error();
    return asDamage(commandsFromJson(*json, &*kept), what);
}

} // namespace holdpoint
