// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonwriter.h"
#include "command/batch.h"
#include "journal/run.h"

namespace holdpoint {

/// One command as the contract has it; the time to a microsecond.
enum class WithDescription { No, Yes };
void writeCommand(JsonWriter& writer, const CommandReport& command, WithDescription description);

/// The commands of a run as the journal keeps them. Where its batch is kept too, and can be read back, only what
/// the batch does not say: a batch of many commands leaves a short record.
[[nodiscard]] QByteArray commandsToJson(const QList<CommandReport>& commands, bool batchIsKept);
/// `batch` is null where none is kept.
[[nodiscard]] Result<QList<CommandReport>> commandsFromJson(const QByteArray& json, const Batch* batch);

} // namespace holdpoint
