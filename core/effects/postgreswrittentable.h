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
    PostgresShape shape;
    QStringList key; ///< the primary key's columns
    QList<TableName> tables; ///< it and those that inherit from it; empty: there is no such table
};

/// In one question, or two where something inherits from it. An empty schema: by the search path.
[[nodiscard]] Result<PostgresWrittenTable> readWrittenTable(Connection& connection, const TableName& name);

/// Asks about the tables that the last transactions of a connection wrote, as the next one begins: it will often
/// write the same ones. Only the question is remembered, never the answer.
class PostgresRecentTables
{
public:
    /// Does not wait: whoever lets the connection begin waits for these answers too.
    void ask(PostgresConnection& now);
    /// None: it must be read, which the next transaction will remember.
    [[nodiscard]] std::optional<PostgresWrittenTable> find(PostgresConnection& now, const TableName& name);

private:
    struct Answer
    {
        TableName name;
        Rowset table;
    };
    std::shared_ptr<QList<Answer>> m_answers = std::make_shared<QList<Answer>>(); // the questions may outlive this
};

} // namespace holdpoint
