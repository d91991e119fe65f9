// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"
#include "schema/schemareader.h"

namespace holdpoint {

/// Runs commands one by one on a connection, without executor and capture.
class PlainContext final : public CommandContext
{
public:
    explicit PlainContext(Connection& connection)
        : m_connection(connection)
        , m_schema(SchemaReader::forConnection(connection))
    {
    }

    [[nodiscard]] EngineKind engine() const override { return m_connection.engine(); }
    [[nodiscard]] Result<Rowset> query(const Statement& statement) override { return m_connection.query(statement); }
    [[nodiscard]] QByteArray quoted(const QString& name) const override { return m_connection.quoted(name); }
    [[nodiscard]] QByteArray placeholder(int position) const override { return m_connection.placeholder(position); }
    [[nodiscard]] Result<TablePtr> table(const QString& schema, const QString& name) override
    {
        auto table = m_schema->table(schema, name);
        return table ? Result<TablePtr>(std::make_shared<const Table>(std::move(table).value())) : table.error();
    }
    void submit(const Statement& statement, const RowGuard& guard, const Table*) override
    {
        submitSql(statement, guard);
    }
    void submitSql(const Statement& statement, const RowGuard& guard) override
    {
        const auto done = m_connection.query(statement);
        if (!done)
            m_error = done.error();
        else if (guard.exactly && *guard.exactly != done->affected)
            m_error = makeError(ErrorKind::Guard, QStringLiteral("%1 rows").arg(done->affected),
                                QString::fromUtf8(statement.text));
    }
    [[nodiscard]] bool shouldStop() const override { return m_error.has_value(); }

    /// All or nothing; the first error.
    [[nodiscard]] Result<void> run(const QList<StoreCommandPtr>& commands)
    {
        if (const auto begun = m_connection.begin(TransactionMode::Write); !begun)
            return begun;
        for (const StoreCommandPtr& command : commands) {
            if (const auto executed = command->execute(*this); !executed)
                m_error = executed.error();
            if (m_error) {
                static_cast<void>(m_connection.rollback());
                return *m_error;
            }
        }
        const CommitResult committed = m_connection.commit();
        return committed.error ? Result<void>(*committed.error) : Result<void>();
    }

private:
    Connection& m_connection;
    std::unique_ptr<SchemaReader> m_schema;
    std::optional<Error> m_error;
};

} // namespace holdpoint
