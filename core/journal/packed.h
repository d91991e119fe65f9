// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "journal/run.h"

namespace holdpoint {

/// The large parts of a run as values of the journal's tables: compressed JSON. A batch is the text that it was read
/// from, where that is known. `what` names the part in the Error (File) that tells of damage.
[[nodiscard]] QByteArray packedText(const QByteArray& text);
[[nodiscard]] Value packedBatch(const Batch& batch);
/// `text`: the batch's text, compressed already.
[[nodiscard]] Value packedBatch(const BatchText& origin, const QByteArray& text);
[[nodiscard]] Value packedEffects(const QList<TargetEffects>& effects);
[[nodiscard]] Value packedCommands(const QList<CommandReport>& commands, bool batchIsKept);

/// `targets`: the batch's, in place of what its text names.
[[nodiscard]] Result<Batch> unpackedBatch(const Value& value, const QList<Target>& targets, const QString& what);
[[nodiscard]] Result<QList<TargetEffects>> unpackedEffects(const Value& value, const QString& what);
/// The packed batch of a run, NULL where none is kept, and its targets.
struct KeptBatch
{
    Value value;
    QList<Target> targets;
};
[[nodiscard]] Result<QList<CommandReport>> unpackedCommands(const Value& value, const KeptBatch& batch,
                                                            const QString& what);

/// The same result, or the Error that the journal is damaged: what the operator cannot have caused.
template <typename T> [[nodiscard]] Result<T> asDamage(Result<T> result, const QString& what)
{
    if (result)
        return result;
    return makeError(ErrorKind::File,
                     QStringLiteral("the journal is damaged: %1 cannot be read: %2").arg(what, result.error().message));
}

} // namespace holdpoint
