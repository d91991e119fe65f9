// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/commandrun.h"

#include <algorithm>
#include <span>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// PostgreSQL answers so many commands in one round trip, behind one savepoint. SQLite answers at once, and nothing is
// run twice there: the second time would see what changes() and last_insert_rowid() are since the first.
constexpr std::size_t pipelinedChunk = 500;
constexpr std::size_t progressStep = 500;
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

/// The commands of one call, and how they are run.
class CommandRun
{
public:
    CommandRun(TransactionContext& transaction, std::span<const IndexedCommand> commands, OnError onError,
               const std::function<void(qint64)>& done, Next next)
        : m_transaction(transaction)
        , m_commands(commands)
        , m_onError(onError)
        , m_done(done)
        , m_next(next)
    {
    }

    [[nodiscard]] Result<bool> run();

private:
    using Commands = std::span<const IndexedCommand>;

    [[nodiscard]] bool isImmediate() const { return m_transaction.engine() == EngineKind::SQLite; }
    [[nodiscard]] Result<bool> runUntilFailure();
    [[nodiscard]] Result<bool> runChunk(Commands chunk);
    [[nodiscard]] Result<bool> runOneByOne(Commands chunk);
    [[nodiscard]] Result<bool> runAlone(const IndexedCommand& each);
    /// Waits for what was submitted since the savepoint; the Error is the connection's own.
    [[nodiscard]] Result<void> flush(const char* savepoint, const IndexedCommand& last);
    void report(qint64 count);

    TransactionContext& m_transaction;
    Commands m_commands;
    OnError m_onError;
    const std::function<void(qint64)>& m_done;
    Next m_next;
    bool m_askedAhead = false; // the savepoint is released too
    qint64 m_reported = 0;
};

void CommandRun::report(qint64 count)
{
    if (!m_done || count <= m_reported)
        return;
    m_reported = count;
    m_done(count);
}

Result<void> CommandRun::flush(const char* savepoint, const IndexedCommand& last)
{
    const bool isLast = &last == &m_commands.back();
    m_askedAhead = m_next == Next::Collect && isLast && m_transaction.askAhead(savepoint);
    return m_transaction.flush();
}

Result<bool> CommandRun::run()
{
    if (isImmediate())
        return m_onError == OnError::Stop ? runUntilFailure() : runOneByOne(m_commands);
    bool allRan = true;
    for (std::size_t first = 0; first < m_commands.size(); first += pipelinedChunk) {
        const Commands chunk = m_commands.subspan(first, std::min(pipelinedChunk, m_commands.size() - first));
        const auto ran = runChunk(chunk);
        if (!ran)
            return ran.error();
        allRan = allRan && *ran;
        if (!*ran && m_onError == OnError::Stop)
            break;
        report(static_cast<qint64>(first + chunk.size()));
    }
    return allRan;
}

// Each answer is there before the next command starts, and the first failure ends the transaction: nothing has to be
// taken back before that.
Result<bool> CommandRun::runUntilFailure()
{
    for (std::size_t i = 0; i < m_commands.size(); ++i) {
        const IndexedCommand& each = m_commands[i];
        start(m_transaction, each);
        if (m_transaction.shouldStop()) {
            if (auto end = fatal(m_transaction, m_transaction.error(each.index)))
                return *end;
            explain(m_transaction, each);
            m_transaction.forgetFailures();
            return false;
        }
        if ((i + 1) % progressStep == 0)
            report(static_cast<qint64>(i + 1));
    }
    report(static_cast<qint64>(m_commands.size()));
    return true;
}

Result<bool> CommandRun::runChunk(Commands chunk)
{
    if (chunk.size() == 1)
        return runOneByOne(chunk);
    if (const auto made = m_transaction.savepoint(chunkSavepoint); !made)
        return made.error();
    for (const IndexedCommand& each : chunk) {
        if (m_transaction.shouldStop())
            break;
        start(m_transaction, each);
    }
    const auto flushed = flush(chunkSavepoint, chunk.back());
    std::optional<Error> error;
    if (!flushed)
        error = flushed.error();
    else if (const auto failed = m_transaction.failedCommand())
        error = m_transaction.error(*failed);
    if (auto end = fatal(m_transaction, error))
        return *end;
    if (!flushed && !m_transaction.failedCommand())
        return flushed.error(); // of a statement of ours: what stands behind it did not run
    if (!m_transaction.failedCommand()) {
        const auto released = m_askedAhead ? Result<void>() : m_transaction.releaseSavepoint(chunkSavepoint);
        return released ? Result<bool>(true) : released.error();
    }
    if (const auto undone = m_transaction.rollbackTo(chunkSavepoint); !undone)
        return undone.error();
    m_transaction.forgetFailures();
    return runOneByOne(chunk);
}

Result<bool> CommandRun::runOneByOne(Commands chunk)
{
    bool allRan = true;
    for (const IndexedCommand& each : chunk) {
        const auto ran = runAlone(each);
        if (!ran)
            return ran.error();
        allRan = allRan && *ran;
        if (!*ran && m_onError == OnError::Stop)
            break;
        const auto done = &each - m_commands.data() + 1;
        if (done % progressStep == 0)
            report(done);
    }
    return allRan;
}

// Behind its own savepoint. True: it succeeded.
Result<bool> CommandRun::runAlone(const IndexedCommand& each)
{
    if (const auto made = m_transaction.savepoint(commandSavepoint); !made)
        return made.error();
    start(m_transaction, each);
    const auto flushed = flush(commandSavepoint, each);
    const auto error = flushed ? m_transaction.error(each.index) : std::optional(flushed.error());
    if (auto end = fatal(m_transaction, error))
        return *end;
    if (!flushed && !m_transaction.failedCommand())
        return flushed.error(); // of a statement of ours: what stands behind it did not run
    if (!m_transaction.failedCommand()) {
        const auto released = m_askedAhead ? Result<void>() : m_transaction.releaseSavepoint(commandSavepoint);
        return released ? Result<bool>(true) : released.error();
    }
    explain(m_transaction, each);
    m_transaction.forgetFailures();
    if (const auto undone = m_transaction.rollbackTo(commandSavepoint); !undone)
        return undone.error();
    return false;
}

} // namespace

Result<bool> runCommands(TransactionContext& transaction, std::span<const IndexedCommand> commands, OnError onError,
                         const std::function<void(qint64)>& done, Next next)
{
    return CommandRun(transaction, commands, onError, done, next).run();
}

} // namespace holdpoint
