// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/packed.h"

#include "base/compression.h"
#include "command/batchfile.h"
#include "journal/commandrecord.h"
#include "journal/effectsrecord.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Before the folder of a batch's text, which ends with a NUL. A Zstandard frame never begins so.
constexpr char textMark = '\xff';

QByteArray bytesOf(const Value& value)
{
    return value.kind() == Value::Kind::Blob ? value.toBytes() : QByteArray();
}

Result<QByteArray> unpacked(const QByteArray& bytes, const QString& what)
{
    const auto text = decompressed(bytes);
    if (!text || text->isEmpty())
        return makeError(ErrorKind::File, u"the journal is damaged: %1 cannot be read"_s.arg(what));
    return *text;
}

} // namespace

QByteArray packedText(const QByteArray& text)
{
    return compressed(text);
}

Value packedBatch(const Batch& batch)
{
    return Value::blob(packedText(writeBatch(batch, QDir::root())));
}

Value packedBatch(const BatchText& origin, const QByteArray& text)
{
    return Value::blob(textMark + origin.folder.toUtf8() + '\0' + text);
}

Value packedEffects(const QList<TargetEffects>& effects)
{
    return Value::blob(effectsToRecord(effects));
}

Value packedCommands(const QList<CommandReport>& commands, bool batchIsKept)
{
    return Value::blob(packedText(commandsToJson(commands, batchIsKept)));
}

Result<Batch> unpackedBatch(const Value& value, const QList<Target>& targets, const QString& what)
{
    QByteArray bytes = bytesOf(value);
    BatchFileOptions options { QDir::root(), what, {}, {} };
    if (bytes.startsWith(textMark)) {
        const qsizetype folderEnd = std::max<qsizetype>(bytes.indexOf('\0'), 1);
        options.base = QDir(QString::fromUtf8(bytes.sliced(1, folderEnd - 1)));
        options.overrides = targets;
        bytes.remove(0, folderEnd + 1);
    }
    const auto text = unpacked(bytes, what);
    if (!text)
        return text.error();
    return asDamage(readBatch(*text, options), what);
}

Result<QList<TargetEffects>> unpackedEffects(const Value& value, const QString& what)
{
    return asDamage(effectsFromRecord(bytesOf(value)), what);
}

Result<QList<CommandReport>> unpackedCommands(const Value& value, const KeptBatch& batch, const QString& what)
{
    const auto json = unpacked(bytesOf(value), what);
    if (!json)
        return json.error();
    const bool needsBatch = !json->startsWith("[{") && !batch.value.isNull();
    if (!needsBatch)
        return asDamage(commandsFromJson(*json, nullptr), what);
    const auto kept = unpackedBatch(batch.value, batch.targets, what);
    if (!kept)
        return kept.error();
    return asDamage(commandsFromJson(*json, &*kept), what);
}

} // namespace holdpoint
