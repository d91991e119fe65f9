// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresrelation.h"

#include <memory>
#include <optional>

namespace holdpoint {

/// What must be known of the table that a statement names before it runs.
struct PostgresWrittenTable
{
    qint64 oid = 0;
    bool ordinary = false; ///< no view, no rules, nothing inherits from it, nothing looks at its statements' text,
                           ///< the user may read all of it
    bool inherited = false; ///< others inherit from it
    bool triggers = false;
    bool lockable = false; ///< the user may take the lock of an UPDATE, whatever columns it names
    PostgresShape shape;
    QStringList key; ///< the primary key's columns
    QList<TableName> tables; ///< it and those that inherit from it; empty: there is no such table
};

/// In one question, or two where something inherits from it. An empty schema: by the search path.
[[nodiscard]] Result<PostgresWrittenTable> readWrittenTable(Connection& connection, const TableName& name);

/// Asks about the tables that the last transactions of a connection wrote, as the next one begins: it will often
/// write the same ones. Until that is answered it guesses that they are as they were.
class PostgresRecentTables
{
public:
    /// There is something to guess.
    [[nodiscard]] static bool remembers(PostgresConnection& now);
    /// Before a transaction of `now` uses it.
    void begin(PostgresConnection& now);
    /// Submits the questions about what is remembered, on the transaction's own snapshot.
    void ask(PostgresConnection& connection);
    /// None: it must be read; the next transaction will ask about it.
    [[nodiscard]] std::optional<PostgresWrittenTable> find(PostgresConnection& now, const TableName& name);
    /// The answers are what the next transaction guesses. Without it, it guesses nothing.
    void keep(PostgresConnection& now) const;
    /// Something that find() guessed is not as it was answered since, or was not answered: what was done with it must
    /// be done anew, in a session that guesses nothing.
    [[nodiscard]] bool wasWrong() const;
    [[nodiscard]] static Error outdated();

private:
    struct Asked
    {
        TableName name;
        std::optional<Rowset> guess;
        std::optional<Rowset> answer;
        bool guessed = false;
    };
    std::shared_ptr<QList<Asked>> m_asked = std::make_shared<QList<Asked>>(); // the questions may outlive this
};

} // namespace holdpoint
