// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/sqlstorecommandexecutor.h"

#include "transaction/commandrun.h"
#include "transaction/transactionlayer.h"

namespace holdpoint {

namespace {

// In the session's thread. An Error is the failing command's, or the connection's.
Result<void> runAll(TransactionContext& transaction, const QList<StoreCommandPtr>& commands, ExecutionResult& result)
{
    std::vector<IndexedCommand> indexed;
    for (const StoreCommandPtr& command : commands)
        indexed.push_back({ static_cast<int>(indexed.size()), command });
    const auto ran = runCommands(transaction, indexed, OnError::Stop);
    for (const IndexedCommand& each : indexed) {
        if (!transaction.hasStarted(each.index))
            break;
        if (const auto error = transaction.error(each.index)) {
            result.failure = ExecutionFailure { each.index, each.command->describe(), *error, {} };
            return *error;
        }
        result.rows.append(transaction.progress(each.index).rows);
    }
    return ran ? Result<void>() : Result<void>(ran.error());
}

} // namespace

SqlStoreCommandExecutor::SqlStoreCommandExecutor(std::shared_ptr<SessionPool> pool, ConnectionOptions options,
                                                 Cancellation cancellation)
    : m_pool(std::move(pool))
    , m_options(options)
    , m_cancellation(std::move(cancellation))
{
}

ExecutionResult SqlStoreCommandExecutor::execute(const QList<StoreCommandPtr>& commands)
{
    ExecutionResult result;
    TransactionLayer layer([pool = m_pool](const Target&) { return pool; });
    UnitOfWorkOptions options;
    options.connection = m_options;
    options.cancellation = m_cancellation;
    const auto answered = layer.run(options, [&](RequestContext& context) -> Result<void> {
        auto lease = context.transaction(m_pool->target());
        if (!lease)
            return lease.error();
        return lease->run([&](TransactionContext& transaction) { return runAll(transaction, commands, result); });
    });
    if (!answered.ends.isEmpty())
        result.end = answered.ends.first().end;
    if (!answered.response && !result.failure)
        result.failure = ExecutionFailure { {}, {}, answered.response.error(), {} };
    if (result.failure && !answered.ends.isEmpty())
        result.failure->rollbackError = answered.ends.first().rollbackError;
    return result;
}

} // namespace holdpoint
