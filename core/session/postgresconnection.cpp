// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresconnection.h"

#include "session/postgrespipeline.h"

#include <QSqlDriver>

#include <poll.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype mostNotices = 1000;

void keepNotice(void* notices, const PGresult* result)
{
    auto* list = static_cast<QList<Notice>*>(notices);
    if (list->size() < mostNotices)
        list->append(noticeOf(result));
}

} // namespace

PostgresConnection::PostgresConnection(QSqlDatabase database, Target target, ConnectionOptions options,
                                       std::shared_ptr<SecretSource> secrets)
    : m_database(std::move(database))
    , m_target(std::move(target))
    , m_options(options)
    , m_secrets(std::move(secrets))
    , m_handle(*static_cast<PGconn**>(m_database.driver()->handle().data()))
    , m_wire(std::make_unique<PostgresWire>(m_handle))
    , m_pipeline(std::make_unique<PostgresPipeline>(*m_wire))
{
    m_options.readOnly = m_options.readOnly || m_target.readOnly;
    PQsetNoticeReceiver(m_handle, &keepNotice, &m_notices);
}

PostgresConnection::~PostgresConnection()
{
    m_wire->setCancellation({});
    if (m_inTransaction && !m_wire->isLost())
        std::ignore = rollback();
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

bool PostgresConnection::isLost() const
{
    return m_wire->isLost();
}

int PostgresConnection::backendPid() const
{
    return PQbackendPID(m_handle);
}

int PostgresConnection::serverVersion() const
{
    return PQserverVersion(m_handle);
}

Result<Rowset> PostgresConnection::query(const Statement& statement)
{
    if (auto flushed = flush(); !flushed)
        return flushed.error();
    if (m_wire->cancellation().isCancelled())
        return makeError(ErrorKind::Cancelled, u"cancelled before the statement was sent"_s);
    return statement.kept || !m_pipeline->hasBegun() ? queryKept(statement) : m_wire->query(statement);
}

/// Prepared statements are the pipeline's.
Result<Rowset> PostgresConnection::queryKept(const Statement& statement)
{
    Result<Rowset> rows = Rowset();
    m_pipeline->submit(statement, [&rows](Result<Rowset> answer) { rows = std::move(answer); });
    if (auto flushed = flush(); !flushed)
        return flushed.error();
    return rows;
}

Result<void> PostgresConnection::stream(const Statement& statement, const std::function<Result<void>(Row)>& row)
{
    if (auto flushed = flush(); !flushed)
        return flushed;
    if (m_wire->cancellation().isCancelled())
        return makeError(ErrorKind::Cancelled, u"cancelled before the statement was sent"_s);
    if (!m_pipeline->hasBegun())
        return transactionFailed();
    return m_wire->stream(statement, row, !m_inTransaction);
}

void PostgresConnection::submit(const Statement& statement, ResultSink sink)
{
    m_pipeline->submit(statement, std::move(sink));
}

void PostgresConnection::submitLooking(const Statement& statement, PostgresLook look, ResultSink sink)
{
    m_pipeline->submit(statement, std::move(look), std::move(sink));
}

void PostgresConnection::push()
{
    if (m_begins)
        m_pipeline->pushOpen();
    else
        m_pipeline->push();
}

Result<void> PostgresConnection::flush()
{
    if (auto finished = wait(); !finished)
        return finished;
    if (m_ownError)
        return *std::exchange(m_ownError, std::nullopt);
    return {};
}

Result<void> PostgresConnection::wait()
{
    return m_pipeline->finish();
}

/// Does not wait: its error is that of the next flush().
void PostgresConnection::submitOwn(const QByteArray& sql, bool kept)
{
    m_pipeline->submit({ sql, {}, kept }, [this](const Result<Rowset>& answer) { keepOwnError(answer); });
}

void PostgresConnection::keepOwnError(const Result<Rowset>& answer)
{
    if (!answer && !m_ownError)
        m_ownError = answer.error();
}

Result<void> PostgresConnection::run(const QByteArray& sql)
{
    if (auto done = query({ sql, {} }); !done)
        return done.error();
    return {};
}

Result<void> PostgresConnection::savepoint(const char* name)
{
    submitOwn("SAVEPOINT "_ba + name);
    return {};
}

Result<void> PostgresConnection::releaseSavepoint(const char* name)
{
    submitOwn("RELEASE SAVEPOINT "_ba + name);
    return {};
}

Result<void> PostgresConnection::rollbackTo(const char* name)
{
    std::ignore = flush(); // what failed before is what is undone
    m_pipeline->forgetRefusal();
    if (auto back = run("ROLLBACK TO SAVEPOINT "_ba + name); !back)
        return back;
    return releaseSavepoint(name);
}

Cancellation::Registration PostgresConnection::cancelWith(const Cancellation& cancellation)
{
    m_wire->setCancellation(cancellation);
    return cancellation.onCancel(m_wire->interrupt());
}

bool PostgresConnection::isQuiet() const
{
    pollfd socket { PQsocket(m_handle), POLLIN, 0 };
    return socket.fd >= 0 && ::poll(&socket, 1, 0) == 0;
}

const Cancellation& PostgresConnection::cancellation() const
{
    return m_wire->cancellation();
}

QByteArray PostgresConnection::quoted(const QString& identifier) const
{
    return '"' + identifier.toUtf8().replace('"', "\"\"") + '"';
}

QByteArray PostgresConnection::placeholder(int position) const
{
    return '$' + QByteArray::number(position);
}

QList<Notice> PostgresConnection::takeNotices()
{
    return std::exchange(m_notices, {});
}

} // namespace holdpoint
