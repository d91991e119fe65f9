// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresconnection.h"
#include "session/postgrespipeline.h"

#include <QSqlError>

#include <libpq-events.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// QSqlDatabase drops most fields of an error; libpq's event shows the result behind it.
int keepError(PGEventId event, void* info, void* kept)
{
    if (event == PGEVT_RESULTCREATE) {
        const PGresult* result = static_cast<PGEventResultCreate*>(info)->result;
        if (PQresultStatus(result) == PGRES_FATAL_ERROR)
            *static_cast<std::optional<Error>*>(kept) = errorOf(result, {}, false);
    }
    return 1;
}

Error driverError(const QSqlDatabase& database, ErrorKind kind)
{
    Error error = makeError(kind, database.lastError().databaseText().trimmed());
    if (error.message.isEmpty())
        error.message = database.lastError().text();
    error.sqlState = database.lastError().nativeErrorCode();
    return error;
}

} // namespace

Result<void> PostgresConnection::begin(TransactionMode mode)
{
    if (auto submitted = submitBegin(mode, {}); !submitted)
        return submitted;
    return finishBegin();
}

Result<void> PostgresConnection::submitBegin(TransactionMode mode, const QByteArray& snapshot)
{
    Q_ASSERT(!m_inTransaction);
    m_wire->noticeEnd();
    if (m_wire->isLost())
        return lossError();
    m_pipeline->push();
    m_pipeline->begin();
    forgetPrepared();
    m_writes = mode == TransactionMode::Write && !m_options.readOnly;
    m_triggersSuppressed = false;
    m_inTransaction = true;
    m_begins = m_writes;
    ++m_transactionsBegun;
    const QByteArray begin = "BEGIN ISOLATION LEVEL REPEATABLE READ"_ba + (m_writes ? ", READ WRITE" : ", READ ONLY");
    m_pipeline->submit({ begin, {}, true }, [this](const Result<Rowset>& answer) {
        m_begins = false;
        if (!answer)
            m_pipeline->refuse();
        keepOwnError(answer);
    });
    if (!snapshot.isEmpty())
        submitOwn("SET TRANSACTION SNAPSHOT '" + snapshot + '\'', false);
    return {};
}

Result<void> PostgresConnection::finishBegin()
{
    auto ready = flush();
    if (ready && m_options.suppressTriggers && m_writes)
        ready = suppressTriggers();
    if (!ready && !m_wire->isLost())
        std::ignore = rollback(); // the cause is the error to tell
    m_inTransaction = m_inTransaction && !m_wire->isLost();
    return ready;
}

void PostgresConnection::forgetPrepared()
{
    for (const QByteArray& name : m_pipeline->forgetPrepared()) {
        m_pipeline->submit({ "DEALLOCATE " + name, {} }, [](const Result<Rowset>&) {}); // an unknown name does no harm
        m_pipeline->push();
    }
}

/// Only a superuser, or a role that was granted the right, may.
Result<void> PostgresConnection::suppressTriggers()
{
    // What is put back is read as the server prints it.
    if (auto set = run("SELECT set_config('array_nulls', 'on', true), set_config('xmloption', 'content', true)"); !set)
        return set;
    if (auto saved = savepoint("holdpoint_triggers"); !saved)
        return saved;
    if (auto suppressed = run("SET LOCAL session_replication_role = replica"); !suppressed) {
        if (suppressed.error().sqlState != "42501"_L1)
            return suppressed;
        return rollbackTo("holdpoint_triggers");
    }
    m_triggersSuppressed = true;
    return releaseSavepoint("holdpoint_triggers");
}

Error PostgresConnection::lossError() const
{
    Error error = errorOf(m_handle, {});
    error.kind = ErrorKind::ConnectionLost;
    if (!m_notices.isEmpty() && m_notices.constLast().severity == "FATAL"_L1)
        error.message = m_notices.constLast().text;
    return error;
}

std::optional<Error> PostgresConnection::lossBeforeCommit()
{
    if (auto flushed = flush(); !flushed)
        return flushed.error();
    m_wire->noticeEnd();
    if (!m_wire->isLost())
        return {};
    return lossError();
}

CommitResult PostgresConnection::commit()
{
    if (!std::exchange(m_inTransaction, false))
        return { CommitEnd::RolledBack, makeError(ErrorKind::Internal, u"commit without a transaction"_s) };
    if (!m_pipeline->hasBegun())
        return { CommitEnd::RolledBack, transactionFailed() };
    if (std::optional<Error> loss = lossBeforeCommit()) // COMMIT was never sent
        return { CommitEnd::RolledBack, std::move(loss) };
    m_lastError.reset();
    PQregisterEventProc(m_handle, &keepError, "holdpoint", &m_lastError); // once; later calls are refused
    if (m_database.commit())
        return { CommitEnd::Committed, {} };
    return endedBadly();
}

CommitResult PostgresConnection::endedBadly()
{
    if (m_wire->isLost()) {
        Error error = driverError(m_database, ErrorKind::ConnectionLost);
        if (m_lastError && !m_lastError->message.isEmpty())
            error.message = m_lastError->message;
        return { CommitEnd::InDoubt, error };
    }
    if (!m_lastError) { // the server answered COMMIT with ROLLBACK
        Error error = makeError(ErrorKind::Statement,
                                u"nothing was committed: an earlier statement of the transaction failed"_s);
        error.sqlState = u"25P02"_s;
        return { CommitEnd::RolledBack, error };
    }
    Error error = *std::exchange(m_lastError, std::nullopt);
    if (PQtransactionStatus(m_handle) != PQTRANS_IDLE)
        std::ignore = m_database.rollback(); // stopped before it began: the block is aborted, but open
    if (error.sqlState == "57014"_L1 && m_wire->cancellation().isCancelled())
        error.kind = ErrorKind::Cancelled;
    return { CommitEnd::RolledBack, error };
}

void PostgresConnection::submitRollback()
{
    m_rollsBack = true;
    m_pipeline->submit({ "ROLLBACK", {}, true }, [this](const Result<Rowset>& answer) { m_rollsBack = answer.ok(); });
    m_pipeline->push();
}

Result<void> PostgresConnection::finishRollback()
{
    const auto flushed = flush();
    if (flushed && std::exchange(m_rollsBack, false) && PQtransactionStatus(m_handle) == PQTRANS_IDLE) {
        m_inTransaction = false;
        return {};
    }
    return rollback();
}

Result<void> PostgresConnection::rollback()
{
    if (!std::exchange(m_inTransaction, false))
        return {};
    std::ignore = flush(); // its errors went to the sinks; a lost connection shows below
    m_ownError.reset();
    m_pipeline->begin();
    // A request to cancel that arrives late may hit the first ROLLBACK; there is nothing left for it to stop then.
    for (int attempt = 0; attempt < 2 && !m_wire->isLost(); ++attempt) {
        if (m_database.rollback())
            return {};
    }
    if (!m_wire->isLost())
        return driverError(m_database, ErrorKind::Statement);
    Error error = errorOf(m_handle, {});
    error.kind = ErrorKind::ConnectionLost;
    error.detail = u"the server rolls a transaction back when its connection ends, but did not confirm it"_s;
    return error;
}

Result<QByteArray> PostgresConnection::shareWorld()
{
    const auto exported = query({ "SELECT pg_catalog.pg_export_snapshot()", {}, true });
    if (!exported)
        return exported.error();
    return exported->rows.constFirst().constFirst().toText().toLatin1();
}

Result<QByteArray> PostgresConnection::keepWorld(const QByteArray& world)
{
    if (auto begun = submitBegin(TransactionMode::ReadOnly, world); !begun)
        return begun.error();
    if (auto begun = finishBegin(); !begun)
        return begun.error();
    auto name = shareWorld();
    if (!name)
        std::ignore = rollback(); // the cause is the error to tell
    return name;
}

/// The snapshot has the files of then, the function those of now.
Result<bool> PostgresConnection::isWorldThere(const QByteArray&)
{
    constexpr auto name = "holdpoint_world";
    // Whoever takes a lock hears what has changed, and with the savepoint it is given back.
    if (auto made = savepoint(name); !made)
        return made.error();
    const auto moved = query({ "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm')"
                               " AND c.relpersistence <> 't' AND c.relfilenode <> 0"
                               " AND pg_catalog.pg_relation_filenode(c.oid) IS DISTINCT FROM c.relfilenode)",
                               {},
                               true });
    if (auto back = rollbackTo(name); !back)
        return back.error();
    return moved ? Result<bool>(!moved->rows.constFirst().constFirst().toBoolean()) : moved.error();
}

/// What was not visible in the snapshot and has committed since; the newest id is that of another transaction.
Result<bool> PostgresConnection::isWorldUnchanged(const QByteArray&)
{
    const auto snapshot = query({ "SELECT pg_catalog.pg_current_snapshot()::text", {}, true });
    if (!snapshot)
        return snapshot.error();
    const auto other = companion();
    if (!other)
        return other.error();
    const auto committed = (*other)->query({ R"sql(
SELECT EXISTS (SELECT FROM (
         SELECT pg_catalog.pg_snapshot_xip($1::pg_snapshot) AS id
         UNION ALL
         SELECT n::text::xid8 FROM pg_catalog.generate_series(
           pg_catalog.pg_snapshot_xmax($1::pg_snapshot)::text::numeric,
           pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::numeric - 1) n) s
        WHERE pg_catalog.pg_xact_status(s.id) = 'committed'))sql",
                                             { snapshot->rows.constFirst().constFirst() },
                                             true });
    return committed ? Result<bool>(!committed->rows.constFirst().constFirst().toBoolean()) : committed.error();
}

} // namespace holdpoint
