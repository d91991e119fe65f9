// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/transactioncontext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

const auto inFailedTransaction = "25P02"_L1;

// What the server said while the batch ran; a trigger that says something for each row is cut short.
QList<Caution> noticeCautions(const QList<Notice>& notices)
{
    constexpr qsizetype most = 20;
    QList<Caution> cautions;
    for (const Notice& notice : notices.first(std::min(most, notices.size())))
        cautions.append({ u"notice"_s, notice.severity + ": "_L1 + notice.text });
    if (notices.size() > most)
        cautions.append({ u"notice"_s, u"and %1 more notices"_s.arg(notices.size() - most) });
    return cautions;
}

} // namespace

TransactionContext::TransactionContext(Connection& connection, Observe observe, const Cancellation& cancellation)
    : m_connection(connection)
    , m_cancellation(cancellation)
    , m_cancelWith(connection.cancelWith(cancellation))
    , m_capture(observe != Observe::Nothing ? Capture::forConnection(connection) : nullptr)
    , m_sources(observe != Observe::Nothing ? VolatileSources::forConnection(connection) : nullptr)
    , m_schema(SchemaReader::forConnection(connection))
    , m_lastResult(std::chrono::steady_clock::now())
{
}

Result<std::unique_ptr<TransactionContext>> TransactionContext::begin(Connection& connection, Observe observe,
                                                                      const Beginning& beginning,
                                                                      const Cancellation& cancellation)
{
    std::unique_ptr<TransactionContext> context(new TransactionContext(connection, observe, cancellation));
    const Verification verification = observe == Observe::EffectsFully ? Verification::Fully : Verification::Cheapest;
    const Result<void> begun = context->m_capture ? context->m_capture->begin(beginning, verification)
                                                  : connection.begin(TransactionMode::Write);
    if (!begun) {
        context->m_ended = !connection.inTransaction();
        return begun.error();
    }
    context->m_sinceBegin.start();
    return context;
}

TransactionContext::~TransactionContext()
{
    if (m_ended)
        return;
    if (const auto undone = rollback(); !undone)
        qWarning("holdpoint: rollback of %s failed: %s", qUtf8Printable(m_connection.target().name),
                 qUtf8Printable(undone.error().text()));
}

EngineKind TransactionContext::engine() const
{
    return m_connection.engine();
}

Result<Rowset> TransactionContext::query(const Statement& statement)
{
    return m_connection.query(statement);
}

QByteArray TransactionContext::quoted(const QString& identifier) const
{
    return m_connection.quoted(identifier);
}

QByteArray TransactionContext::placeholder(int position) const
{
    return m_connection.placeholder(position);
}

Result<TablePtr> TransactionContext::table(const QString& schema, const QString& name)
{
    const std::pair key(schema, name);
    if (const auto known = m_tables.constFind(key); known != m_tables.constEnd())
        return *known;
    auto read = m_schema->table(schema, name);
    if (!read)
        return read.error();
    const auto table = std::make_shared<const Table>(std::move(read).value());
    m_tables.insert(key, table);
    return table;
}

Connection::ResultSink TransactionContext::sink(const RowGuard& guard)
{
    m_isGuarded = m_isGuarded || guard.exactly;
    return [this, index = m_command, guard](Result<Rowset> result) { onResult(index, guard, std::move(result)); };
}

void TransactionContext::submit(const Statement& statement, const RowGuard& guard, const Table* written)
{
    if (m_sources)
        m_sources->writes(statement, written);
    if (m_capture && written)
        m_capture->submitWrite(statement, *written, sink(guard));
    else
        m_connection.submit(statement, sink(guard));
}

void TransactionContext::submitSql(const Statement& statement, const RowGuard& guard)
{
    const auto info = checkStatement(engine(), QString::fromUtf8(statement.text));
    if (!info) {
        recordFailure(m_command, info.error());
        return;
    }
    if (info->kind == StatementInfo::Kind::Other)
        m_tables.clear();
    if (m_sources)
        m_sources->runs(statement, *info);
    if (m_capture)
        m_capture->submitSql(statement, *info, sink(guard));
    else
        m_connection.submit(statement, sink(guard));
}

bool TransactionContext::shouldStop() const
{
    return m_failed.has_value() || isCancelled();
}

void TransactionContext::startCommand(int index, const StoreCommand& command)
{
    Q_UNUSED(command)
    if (!m_sinceFirstCommand.isValid())
        m_sinceFirstCommand.start();
    m_command = index;
    const auto place = static_cast<size_t>(index);
    if (place >= m_progress.size())
        m_progress.resize(place + 1);
    m_progress[place] = {};
    m_progress[place].started = true;
    if (!m_errors.isEmpty())
        m_errors.remove(index);
    if (m_capture)
        m_capture->commandStarts(index);
}

Result<void> TransactionContext::flush()
{
    return m_connection.flush();
}

CommandProgress TransactionContext::progress(int index) const
{
    const auto place = static_cast<size_t>(index);
    return place < m_progress.size() ? m_progress[place] : CommandProgress();
}

std::optional<Error> TransactionContext::error(int index) const
{
    const auto found = m_errors.constFind(index);
    return found == m_errors.constEnd() ? std::nullopt : std::optional(*found);
}

void TransactionContext::onResult(int index, const RowGuard& guard, Result<Rowset> result)
{
    CommandProgress& progress = m_progress[static_cast<size_t>(index)];
    const auto now = std::chrono::steady_clock::now();
    progress.milliseconds += std::chrono::duration<double, std::milli>(now - m_lastResult).count();
    m_lastResult = now;
    if (!result) {
        // A consequence of an earlier failure: a command's, or that of a statement of ours, which flush() returns.
        if (result.error().sqlState == inFailedTransaction)
            return;
        Error error = result.error();
        if (!guard.place.isEmpty())
            error.message = guard.place + ": "_L1 + error.message;
        recordFailure(index, std::move(error));
        return;
    }
    progress.rows += result->affected;
    if (guard.exactly && result->affected != *guard.exactly)
        onGuardNotMet(index, guard, result->affected);
}

void TransactionContext::onGuardNotMet(int index, const RowGuard& guard, qint64 rows)
{
    Error error = makeError(ErrorKind::Guard, u"changed %1 rows, expected %2"_s.arg(rows).arg(*guard.exactly));
    if (!guard.place.isEmpty())
        error.message = guard.place + ": "_L1 + error.message;
    recordFailure(index, std::move(error));
    m_progress[static_cast<size_t>(index)].rows = rows;
}

void TransactionContext::recordFailure(int index, Error error)
{
    if (!m_errors.contains(index))
        m_errors.insert(index, std::move(error));
    m_failed = std::min(m_failed.value_or(index), index);
}

bool TransactionContext::isOpen() const
{
    return m_connection.inTransaction();
}

Result<void> TransactionContext::savepoint(const char* name)
{
    m_isGuarded = false;
    return m_connection.savepoint(name);
}

Result<void> TransactionContext::releaseSavepoint(const char* name)
{
    return m_connection.releaseSavepoint(name);
}

bool TransactionContext::askAhead(const char* savepoint)
{
    return m_capture && !m_isGuarded && !shouldStop() && m_capture->askAhead(savepoint);
}

Result<void> TransactionContext::rollbackTo(const char* name)
{
    m_tables.clear();
    const auto undone = m_connection.rollbackTo(name);
    if (undone && m_capture)
        m_capture->rolledBackToSavepoint();
    return undone;
}

Result<TargetEffects> TransactionContext::collect(const Capture::Advance& advance)
{
    if (!m_capture)
        return makeError(ErrorKind::Internal, u"The effects of this transaction are not observed"_s);
    auto effects = m_capture->collect(advance);
    if (!effects && isCancelled() && !effects.error().breaksSession())
        return makeError(ErrorKind::Cancelled, u"Cancelled while the effects were read"_s);
    if (!effects)
        return effects;
    effects->engine = engine();
    effects->cautions += noticeCautions(m_connection.takeNotices());
    return effects;
}

Result<Volatility> TransactionContext::mayBeVolatile(const TargetEffects& effects)
{
    return m_sources ? m_sources->found(effects) : Result<Volatility>(Volatility::Possible);
}

Result<QJsonObject> TransactionContext::commitEvidence()
{
    return m_connection.commitEvidence();
}

CommitResult TransactionContext::commit()
{
    m_ended = true;
    readLocks();
    CommitResult result = m_connection.commit();
    if (result.end == CommitEnd::RolledBack && m_connection.inTransaction()) {
        // A COMMIT that was refused and left the transaction open (SQLite: busy): it is ended here.
        if (const auto undone = m_connection.rollback(); !undone)
            result = { CommitEnd::InDoubt, undone.error() };
    }
    timeLocks();
    return result;
}

Result<void> TransactionContext::rollback()
{
    m_ended = true;
    readLocks();
    auto undone = m_connection.rollback();
    timeLocks();
    return undone;
}

void TransactionContext::readLocks()
{
    if (!m_capture || !isOpen())
        return;
    auto locks = m_capture->locks();
    if (locks)
        m_locks = std::move(locks).value();
    else
        m_locks = HeldLocks { 0, 0, {}, {}, locks.error().message };
}

void TransactionContext::timeLocks()
{
    if (!m_locks)
        return;
    const auto milliseconds = [](const QElapsedTimer& timer) {
        return timer.isValid() ? static_cast<double>(timer.nsecsElapsed() / 1000) / 1000 : 0;
    };
    m_locks->openMilliseconds = milliseconds(m_sinceBegin);
    // SQLite's lock comes with BEGIN IMMEDIATE.
    m_locks->heldMilliseconds
        = engine() == EngineKind::SQLite ? m_locks->openMilliseconds : milliseconds(m_sinceFirstCommand);
}

Result<void> TransactionContext::completeEffects(TargetEffects& effects)
{
    return m_capture ? m_capture->ended(effects) : Result<void>();
}

} // namespace holdpoint
