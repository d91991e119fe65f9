// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"
#include "session/postgresanswer.h"
#include "session/postgreswire.h"

#include <QByteArrayList>
#include <QHash>

#include <deque>

namespace holdpoint {

/// Statements sent ahead of their answers (libpq's pipeline mode): answers are read one chunk behind, each sink
/// is called in the order of submission. A text that comes again is prepared, once a transaction; a kept one once for
/// ever. Used in the connection's thread.
class PostgresPipeline
{
public:
    explicit PostgresPipeline(PostgresWire& wire);

    void submit(const Statement& statement, Connection::ResultSink sink);
    /// `look` sees all rows before the sink, which gets none of them.
    void submit(const Statement& statement, PostgresLook look, Connection::ResultSink sink);
    /// Sends what is submitted, without reading. Outside a transaction it is one of its own up to here, and its error
    /// goes no further.
    void push();
    /// As push(), but what follows stays one with it: nothing of it runs once something failed.
    void pushOpen();
    /// Reads every answer and leaves pipeline mode. Error: the connection's own.
    [[nodiscard]] Result<void> finish();

    /// Sends nothing more until begin(): each statement fails as in an aborted transaction.
    void refuse() { m_hasBegun = false; }
    /// The transaction begins, or ends: statements are sent again.
    void begin()
    {
        m_hasBegun = true;
        m_forgotten = false;
        forgetRefusal();
    }
    [[nodiscard]] bool hasBegun() const { return m_hasBegun; }
    /// After a rollback to a savepoint: statements are sent again.
    void forgetRefusal() { m_refusing = false; }
    /// Prepared statements do not survive a change of the tables behind them. Gives the names of those that the server
    /// still has; kept ones stay.
    [[nodiscard]] QByteArrayList forgetPrepared();

private:
    struct Text
    {
        QByteArray name; // of the prepared statement; empty as long as it was seen only once
        std::optional<PostgresColumns> columns; // of the prepared statement's rows
        bool kept = false;
    };
    struct Pending
    {
        Connection::ResultSink sink; // none: a sync
        QByteArray text;
        std::shared_ptr<Text> prepared;
        bool prepares = false;
        PostgresLook look; // none: the sink gets the rows
        std::optional<Error> refused; // it was never sent
    };

    [[nodiscard]] std::optional<Error> refusal() const;
    [[nodiscard]] Result<void> send(const Statement& statement, Pending& pending);
    [[nodiscard]] std::shared_ptr<Text> knownText(const Statement& statement);
    [[nodiscard]] bool sendPrepared(const PostgresParameters& parameters, Pending& pending);
    void flushChunk();
    void answerFirst();
    [[nodiscard]] Result<Rowset> receive(const Pending& pending);
    [[nodiscard]] Error failure(const Pending& pending, const PGresult* result);
    void receiveSync();

    PostgresWire& m_wire;
    QHash<QByteArray, std::shared_ptr<Text>> m_texts;
    QHash<QByteArray, std::shared_ptr<Text>> m_kept;
    std::deque<Pending> m_pending;
    qsizetype m_unflushedCount = 0;
    qsizetype m_unflushedBytes = 0;
    quint64 m_names = 0;
    int m_preparedCount = 0;
    bool m_refusing = false;
    bool m_hasBegun = true;
    bool m_forgotten = false; // what was prepared, by the server, in this transaction
    bool m_answering = false;
};

} // namespace holdpoint
