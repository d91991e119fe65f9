// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/commandrun.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr std::size_t chunkSize = 500; // one round trip and one savepoint for so many commands
constexpr auto chunkSavepoint = "holdpoint_chunk";
constexpr auto commandSavepoint = "holdpoint_command";

void start(TransactionContext& transaction, const IndexedCommand& each)
{
    transaction.startCommand(each.index, *each.command);
    if (const auto executed = each.command->execute(transaction); !executed)
        transaction.recordFailure(each.index, executed.error());
}

// The end of everything, as opposed to the failure of one command.
std::optional<Error> fatal(TransactionContext& transaction, const std::optional<Error>& error)
{
    if (transaction.isCancelled())
        return makeError(ErrorKind::Cancelled, u"Cancelled"_s);
    if (error && (error->breaksSession() || error->isCancelled()))
        return error;
    if (!transaction.isOpen())
        return error.value_or(makeError(ErrorKind::Statement, u"The database ended the transaction"_s));
    return {};
}

// The command's own failure in place of the bare count.
void explain(TransactionContext& transaction, const IndexedCommand& each)
{
    const auto error = transaction.error(each.index);
    if (!error || error->kind != ErrorKind::Guard)
        return;
    Error explained = each.command->explainGuard(transaction, transaction.progress(each.index).rows);
    transaction.startCommand(each.index, *each.command);
    transaction.recordFailure(each.index, std::move(explained));
}

// Runs one command behind its own savepoint. True: it succeeded.
Result<bool> runAlone(TransactionContext& transaction, const IndexedCommand& each)
{
    if (const auto made = transaction.savepoint(commandSavepoint); !made)
        return made.error();
    start(transaction, each);
    const auto flushed = transaction.flush();
    const auto error = flushed ? transaction.error(each.index) : std::optional(flushed.error());
    if (auto end = fatal(transaction, error))
        return *end;
    if (!transaction.failedCommand()) {
        if (const auto released = transaction.releaseSavepoint(commandSavepoint); !released)
            return released.error();
        return true;
    }
    explain(transaction, each);
    transaction.forgetFailures();
    if (const auto undone = transaction.rollbackTo(commandSavepoint); !undone)
        return undone.error();
    return false;
}

Result<bool> runOneByOne(TransactionContext& transaction, std::span<const IndexedCommand> commands, OnError onError)
{
    bool allRan = true;
    for (const IndexedCommand& each : commands) {
        const auto ran = runAlone(transaction, each);
        if (!ran)
            return ran.error();
        allRan = allRan && *ran;
        if (!*ran && onError == OnError::Stop)
            break;
    }
    return allRan;
}

Result<bool> runChunk(TransactionContext& transaction, std::span<const IndexedCommand> commands, OnError onError)
{
    if (commands.size() == 1)
        return runOneByOne(transaction, commands, onError);
    if (const auto made = transaction.savepoint(chunkSavepoint); !made)
        return made.error();
    for (const IndexedCommand& each : commands) {
        if (transaction.shouldStop())
            break;
        start(transaction, each);
    }
    const auto flushed = transaction.flush();
    std::optional<Error> error;
    if (!flushed)
        error = flushed.error();
    else if (const auto failed = transaction.failedCommand())
        error = transaction.error(*failed);
    if (auto end = fatal(transaction, error))
        return *end;
    if (!transaction.failedCommand()) {
        if (const auto released = transaction.releaseSavepoint(chunkSavepoint); !released)
            return released.error();
        return true;
    }
    if (const auto undone = transaction.rollbackTo(chunkSavepoint); !undone)
        return undone.error();
    transaction.forgetFailures();
    return runOneByOne(transaction, commands, onError);
}

} // namespace

Result<bool> runCommands(TransactionContext& transaction, std::span<const IndexedCommand> commands, OnError onError,
                         const std::function<void(qint64)>& done)
{
    bool allRan = true;
    for (std::size_t first = 0; first < commands.size(); first += chunkSize) {
        const auto chunk = commands.subspan(first, std::min(chunkSize, commands.size() - first));
        const auto ran = runChunk(transaction, chunk, onError);
        if (!ran)
            return ran.error();
        allRan = allRan && *ran;
        if (!*ran && onError == OnError::Stop)
            break;
        if (done)
            done(static_cast<qint64>(first + chunk.size()));
    }
    return allRan;
}

} // namespace holdpoint
