// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/rowstatements.h"
#include "command/sqlcontext.h"
#include "schema/table.h"

#include <QDir>

#include <optional>

namespace holdpoint {

class StoreCommand;

/// How many rows a submitted statement must change. Not met: the command fails.
struct RowGuard
{
    std::optional<qint64> exactly;
    QString place; ///< where in the command's input the statement comes from ("line 17 of products.csv"); may be empty
};

/// What a command may use while it runs: the transaction of its target, in the session's thread.
/// It cannot end the transaction.
class CommandContext : public SqlContext
{
public:
    /// The table as it is in this transaction; read once and kept until a statement changes the schema.
    [[nodiscard]] virtual Result<TablePtr> table(const QString& schema, const QString& name) = 0;
    /// Runs a statement without waiting. An error, or a guard that is not met, fails this command
    /// (its index is known to the executor), also after execute() returned.
    /// `written` names the table that the statement writes itself (INSERT, UPDATE, DELETE of ours):
    /// its rows count as direct. Null for the operator's own SQL.
    virtual void submit(const Statement& statement, const RowGuard& guard, const Table* written) = 0;
    /// The operator's SQL, run as written: parsed for what it writes, its effects observed. Without waiting.
    virtual void submitSql(const Statement& statement, const RowGuard& guard) = 0;
    /// True once a cancellation was asked for or an earlier statement of this command failed: long
    /// commands stop submitting.
    [[nodiscard]] virtual bool shouldStop() const = 0;

    /// The statements of row commands, whose texts are remembered as long as this context lives.
    [[nodiscard]] RowStatements& rowStatements() { return m_rowStatements; }

private:
    RowStatements m_rowStatements;
};

} // namespace holdpoint
