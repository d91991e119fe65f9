// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batchfile.h"

#include <QFuture>

namespace holdpoint {

/// Batch files and SQL scripts, read, checked and written in threads of the global pool.
[[nodiscard]] QFuture<Result<Batch>> readBatchFile(const QString& path, const QList<Target>& savedTargets);
/// Written beside the old file and put in its place whole.
[[nodiscard]] QFuture<Result<void>> writeBatchFile(const Batch& batch, const QString& path);
/// The script's statements as commands for the target, each checked by the engine's parser; an error names the line.
[[nodiscard]] QFuture<Result<QList<StoreCommandPtr>>> commandsOfScript(const Target& target, const QString& script);

} // namespace holdpoint
