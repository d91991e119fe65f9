// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"
#include "session/connection.h"

namespace holdpoint {

/// Why an execution did not commit: which command, the cause, and what the rollback said.
struct ExecutionFailure
{
    std::optional<int> command; ///< index in the list; none if it is the connection's or COMMIT's failure
    QString commandText; ///< StoreCommand::describe()
    Error cause;
    std::optional<Error> rollbackError; ///< a rollback that failed; the cause is kept beside it
};

struct ExecutionResult
{
    CommitEnd end = CommitEnd::RolledBack;
    QList<qint64> rows; ///< changed by each command itself, in order; up to the failing one
    std::optional<ExecutionFailure> failure;
};

/// Runs commands in order, in one transaction, and stops at the first error. Knows commands by their
/// interface alone; may be implemented for any backend.
class StoreCommandExecutor
{
public:
    virtual ~StoreCommandExecutor() = default;
    /// Never the GUI's thread. All committed, or nothing; or in doubt, which is never retried.
    [[nodiscard]] virtual ExecutionResult execute(const QList<StoreCommandPtr>& commands) = 0;
};

} // namespace holdpoint
