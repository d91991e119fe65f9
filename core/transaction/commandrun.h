// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"
#include "transaction/transactioncontext.h"

#include <span>

namespace holdpoint {

/// A command and its index in the batch.
struct IndexedCommand
{
    int index = 0;
    StoreCommandPtr command;
};

enum class OnError {
    Stop, ///< the first failing command ends it
    Go, ///< its changes are undone and the rest runs, so that all errors show in one pass
};

enum class Next {
    Anything,
    Collect, ///< TransactionContext::collect(), if all ran or onError is Go: it may begin before the last answer
};

/// Runs commands in order in one transaction, in the session's thread. Statements travel in chunks behind
/// one savepoint each; a chunk with a failure is undone and run again command by command, which names
/// the failing command and leaves its predecessors' effects exact. Where each answer comes at once (SQLite) and the
/// first failure ends it all, there are no chunks and no savepoints.
/// True: all ran. False: at least one failed (TransactionContext::progress tells). Error: the session or the
/// transaction is gone, or the run was cancelled; nothing more can be run.
/// `done` is called with the number of commands that ran, every few hundred.
[[nodiscard]] Result<bool> runCommands(TransactionContext& transaction, std::span<const IndexedCommand> commands,
                                       OnError onError, const std::function<void(qint64)>& done = {},
                                       Next next = Next::Anything);

} // namespace holdpoint
