// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"
#include "session/postgreswire.h"

#include <QHash>

#include <deque>

namespace holdpoint {

/// Statements sent ahead of their answers (libpq's pipeline mode): answers are read one chunk behind, each sink
/// is called in the order of submission. A text that comes again is prepared, once. Used in the connection's thread.
class PostgresPipeline
{
public:
    explicit PostgresPipeline(PostgresWire& wire);

    enum class Rows { All, First };
    /// Rows::First: the sink gets one row, however many there are.
    void submit(const Statement& statement, Connection::ResultSink sink, Rows rows = Rows::All);
    /// Sends what is submitted, without reading.
    void push();
    /// Reads every answer and leaves pipeline mode. Error: the connection's own.
    [[nodiscard]] Result<void> finish();

    /// After a rollback: statements are sent again.
    void forgetRefusal() { m_refusing = false; }
    /// Prepared statements do not survive a change of the tables behind them. True: the server still keeps some,
    /// which DEALLOCATE ALL ends.
    [[nodiscard]] bool forgetPrepared();

private:
    struct Text
    {
        QByteArray name; // of the prepared statement; empty as long as it was seen only once
        std::optional<PostgresColumns> columns; // of the prepared statement's rows
    };
    struct Pending
    {
        Connection::ResultSink sink; // none: a sync
        QByteArray text;
        std::shared_ptr<Text> prepared;
        bool prepares = false;
        Rows rows = Rows::All;
        std::optional<Error> refused; // it was never sent
    };

    [[nodiscard]] std::optional<Error> refusal() const;
    [[nodiscard]] Result<void> send(const Statement& statement, Pending& pending);
    [[nodiscard]] std::shared_ptr<Text> knownText(const QByteArray& text);
    [[nodiscard]] bool sendPrepared(const PostgresParameters& parameters, Pending& pending);
    void flushChunk();
    [[nodiscard]] bool answerFirst(); // false: it was a sync
    [[nodiscard]] Result<Rowset> receive(const Pending& pending);
    void receiveSync();

    PostgresWire& m_wire;
    QHash<QByteArray, std::shared_ptr<Text>> m_texts;
    std::deque<Pending> m_pending;
    qsizetype m_unflushedCount = 0;
    qsizetype m_unflushedBytes = 0;
    quint64 m_names = 0;
    int m_preparedCount = 0;
    bool m_refusing = false;
    bool m_answering = false;
};

} // namespace holdpoint
