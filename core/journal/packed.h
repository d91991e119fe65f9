// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "journal/run.h"

namespace holdpoint {

/// The large parts of a run as values of the journal's tables: compressed JSON.
/// `what` names the part in the Error (File) that tells of damage.
[[nodiscard]] Value packedBatch(const Batch& batch);
[[nodiscard]] Value packedEffects(const QList<TargetEffects>& effects);
[[nodiscard]] Value packedCommands(const QList<CommandReport>& commands, bool batchIsKept);

[[nodiscard]] Result<Batch> unpackedBatch(const Value& value, const QString& what);
[[nodiscard]] Result<QList<TargetEffects>> unpackedEffects(const Value& value, const QString& what);
/// `batch` is the packed batch of the same run, NULL where none is kept.
[[nodiscard]] Result<QList<CommandReport>> unpackedCommands(const Value& value, const Value& batch,
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
