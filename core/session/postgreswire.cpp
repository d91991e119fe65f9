// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgreswire.h"

#include <QElapsedTimer>

#include <array>

#include <poll.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

bool succeeded(const PGresult* result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_EMPTY_QUERY:
    case PGRES_PIPELINE_SYNC: return true;
    default: return false;
    }
}

PostgresWire::PostgresWire(PGconn* handle)
    : m_handle(handle)
    , m_cancel(PQgetCancel(handle), &PQfreeCancel)
{
    PQsetnonblocking(m_handle, 1);
}

std::function<void()> PostgresWire::interrupt() const
{
    return [cancel = m_cancel] {
        // A failure means that the server is out of reach; the statement's own wait will tell.
        std::array<char, 256> message {};
        PQcancel(cancel.get(), message.data(), static_cast<int>(message.size()));
    };
}

Result<void> PostgresWire::send(const Statement& statement)
{
    const auto parameters = PostgresParameters::encode(statement.parameters);
    if (!parameters)
        return parameters.error();
    if (PQsendQueryParams(m_handle, statement.text.constData(), parameters->count(), nullptr, parameters->pointers(),
                          nullptr, nullptr, 0)
        == 0)
        return errorOf(m_handle, statement.text);
    return {};
}

void PostgresWire::waitForResult()
{
    constexpr int patience = 250; // ms
    while (!isLost() && PQisBusy(m_handle) != 0) {
        const int unsent = PQflush(m_handle);
        if (unsent < 0)
            return;
        const auto events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
        pollfd socket { PQsocket(m_handle), events, 0 };
        const int ready = ::poll(&socket, 1, patience);
        if (ready > 0 && (socket.revents & ~POLLOUT) != 0 && PQconsumeInput(m_handle) == 0)
            return;
        // A request to cancel that arrives between two statements is forgotten by the server.
        if (ready == 0 && m_cancellation.isCancelled())
            cancelRunning();
    }
}

PostgresResult PostgresWire::nextResult()
{
    waitForResult();
    return PostgresResult(PQgetResult(m_handle));
}

void PostgresWire::endCopy(const PGresult* result)
{
    if (PQresultStatus(result) == PGRES_COPY_IN)
        PQputCopyEnd(m_handle, "COPY FROM STDIN has no data here");
    char* line = nullptr;
    while (PQresultStatus(result) == PGRES_COPY_OUT && PQgetCopyData(m_handle, &line, 0) > 0)
        PQfreemem(line);
}

PostgresResult PostgresWire::lastResult()
{
    PostgresResult kept;
    while (PostgresResult result = nextResult()) {
        const ExecStatusType status = PQresultStatus(result.get());
        const bool copies = status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
        if (copies)
            endCopy(result.get());
        if (!kept || succeeded(kept.get()) || PQresultStatus(kept.get()) == PGRES_COPY_IN)
            kept = std::move(result);
        if (copies && isLost())
            break;
    }
    return kept;
}

PostgresResult PostgresWire::lastResult(const PostgresLook& look)
{
    constexpr size_t rowsAtOnce = 256;
    constexpr size_t bytesAtOnce = 4 << 20;
    constexpr qint64 patience = 200; // ms
    PQsetSingleRowMode(m_handle);
    std::vector<PostgresResult> shown;
    size_t bytes = 0;
    QElapsedTimer sinceShown;
    sinceShown.start();
    const auto show = [&] {
        if (!shown.empty())
            look(PostgresAnswer(shown));
        shown.clear();
        bytes = 0;
        sinceShown.start();
    };
    PostgresResult kept;
    while (PostgresResult result = nextResult()) {
        if (shown.size() >= rowsAtOnce || bytes >= bytesAtOnce || sinceShown.hasExpired(patience))
            show();
        bytes += PQresultMemorySize(result.get());
        if (PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE)
            shown.push_back(std::move(result));
        else if (!kept || succeeded(kept.get()))
            kept = std::move(result);
    }
    show();
    if (kept && PQntuples(kept.get()) > 0) // libpq took them all in before it could be told
        look(PostgresAnswer({ &kept, 1 }));
    return kept;
}

Error PostgresWire::error(const PGresult* result, const QByteArray& statement) const
{
    if (result == nullptr || PQresultStatus(result) == PGRES_COPY_OUT)
        return errorOf(m_handle, statement);
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED)
        return transactionFailed();
    Error error = errorOf(result, statement, m_cancellation.isCancelled());
    if (isLost())
        error.kind = ErrorKind::ConnectionLost;
    return error;
}

Result<Rowset> PostgresWire::query(const Statement& statement)
{
    if (auto sent = send(statement); !sent)
        return sent.error();
    const PostgresResult result = lastResult();
    if (!result || !succeeded(result.get()))
        return error(result.get(), statement.text);
    return rowsetOf(result.get(), PostgresColumns(result.get()), PQntuples(result.get()));
}

Result<void> PostgresWire::stream(const Statement& statement, const std::function<Result<void>(Row)>& row,
                                  bool stopEarly)
{
    if (auto sent = send(statement); !sent)
        return sent;
    PQsetSingleRowMode(m_handle);
    std::optional<PostgresColumns> columns;
    std::optional<Error> stopped;
    PostgresResult failed;
    while (PostgresResult result = nextResult()) {
        if (!succeeded(result.get())) {
            endCopy(result.get());
            failed = std::move(result);
        } else if (!stopped && PQntuples(result.get()) > 0) {
            if (!columns)
                columns.emplace(result.get());
            if (auto taken = row(columns->row(result.get(), 0)); !taken) {
                stopped = taken.error();
                if (stopEarly)
                    cancelRunning();
            }
        }
    }
    if (stopped)
        return *stopped;
    if (failed || isLost())
        return error(failed.get(), statement.text);
    return {};
}

void PostgresWire::noticeEnd()
{
    pollfd socket { PQsocket(m_handle), POLLIN, 0 };
    while (!isLost() && socket.fd >= 0 && ::poll(&socket, 1, 0) > 0) {
        if (PQconsumeInput(m_handle) == 0)
            return;
        PQisBusy(m_handle); // parses what came, so that the server's last words become a notice
        socket.fd = PQsocket(m_handle);
    }
}

} // namespace holdpoint
