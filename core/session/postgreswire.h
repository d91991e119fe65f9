// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/cancellation.h"
#include "session/postgresanswer.h"
#include "session/postgreserror.h"
#include "session/postgresvalues.h"
#include "session/statement.h"

namespace holdpoint {

/// Sending and waiting on one libpq handle, which it does not own. Used in the connection's thread;
/// it never blocks where the server in turn waits for us.
class PostgresWire
{
public:
    explicit PostgresWire(PGconn* handle);

    [[nodiscard]] PGconn* handle() const { return m_handle; }
    [[nodiscard]] bool isLost() const { return PQstatus(m_handle) != CONNECTION_OK; }

    void setCancellation(const Cancellation& cancellation) { m_cancellation = cancellation; }
    [[nodiscard]] const Cancellation& cancellation() const { return m_cancellation; }
    /// Stops what the server does now; may be called from any thread, also when the connection is gone.
    [[nodiscard]] std::function<void()> interrupt() const;
    void cancelRunning() const { interrupt()(); }

    /// Sends one statement outside the pipeline. Error: it was not sent.
    [[nodiscard]] Result<void> send(const Statement& statement);
    /// The next result, or null where one statement's results end or the connection does.
    [[nodiscard]] PostgresResult nextResult();
    /// Reads the rest of a statement's results. Gives the first that failed, else the last.
    [[nodiscard]] PostgresResult lastResult();
    /// The same, of which `look` sees the rows as they come, some at a time.
    [[nodiscard]] PostgresResult lastResult(const PostgresLook& look);
    /// Runs one statement and waits for its rows.
    [[nodiscard]] Result<Rowset> query(const Statement& statement);
    /// As query(), row by row. `stopEarly`: when `row` fails, the server is told to stop.
    [[nodiscard]] Result<void> stream(const Statement& statement, const std::function<Result<void>(Row)>& row,
                                      bool stopEarly);

    /// The error of a failed result (null: of the connection).
    [[nodiscard]] Error error(const PGresult* result, const QByteArray& statement) const;
    /// Takes in what the server sent unasked, so that a connection that it ended is seen as lost.
    void noticeEnd();

private:
    void waitForResult();
    void endCopy(const PGresult* result);

    PGconn* m_handle;
    std::shared_ptr<PGcancel> m_cancel;
    Cancellation m_cancellation;
};

[[nodiscard]] bool succeeded(const PGresult* result);

} // namespace holdpoint
