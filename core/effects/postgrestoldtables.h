// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestold.h"

#include <map>

namespace holdpoint {

/// What direct statements told, by table.
class PostgresToldTables
{
public:
    explicit PostgresToldTables(const PostgresWorlds& worlds)
        : m_worlds(worlds)
    {
    }
    /// The table's own, made if there is none.
    [[nodiscard]] PostgresTold& table(const TableName& name, const PostgresShape& shape);
    [[nodiscard]] PostgresTold* find(const TableName& name); ///< null: nothing was told
    void giveUp();

    /// Asks the old world for rows that a statement of the batch names, so that both servers work at once, once
    /// it is sent. Does not wait.
    void askNamed(const TableName& name, const PostgresShape& shape, const QByteArray& keys);
    /// The same of the batch's own connection, which has not written anything yet. If it fails, so does the statement
    /// behind it. First it takes the statement's lock: to ask for a stronger one later could be a deadlock.
    void askFirst(const TableName& name, const PostgresShape& shape, const QByteArray& keys);
    /// Why the question failed, told once.
    [[nodiscard]] std::optional<Error> takeError();
    /// Asks for what is not known yet, as far as no question is open. Does not wait.
    void ask();
    /// Until all is answered. Error: the connection's own.
    [[nodiscard]] Result<void> wait();
    /// Asks for what is then still unknown, too.
    [[nodiscard]] Result<void> waitForAll();
    /// What can be done while a server works.
    void decode();

private:
    [[nodiscard]] bool mustAsk() const;
    void submitApart(const std::function<void()>& question);

    const PostgresWorlds& m_worlds;
    std::map<std::pair<QString, QString>, PostgresTold> m_tables;
};

} // namespace holdpoint
