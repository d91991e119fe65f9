// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"
#include "schema/schemareader.h"
#include "session/connection.h"

#include <QHash>

#include <memory>
#include <optional>

namespace holdpoint {

/// A CommandContext over a real connection that waits for every statement: what a command does on its own,
/// without an executor. It counts the schema's readings and keeps the statements.
class CommandRun final : public CommandContext
{
public:
    explicit CommandRun(Connection& connection)
        : m_connection(connection)
        , m_schema(SchemaReader::forConnection(connection))
    {
    }

    /// The command in the connection's current transaction; its guard's explanation is the error.
    [[nodiscard]] Result<void> run(const StoreCommand& command)
    {
        m_error.reset();
        m_brokenGuard.reset();
        const auto executed = command.execute(*this);
        if (!executed)
            return executed.error();
        if (m_error)
            return *m_error;
        if (m_brokenGuard)
            return command.explainGuard(*this, *m_brokenGuard);
        return {};
    }

    /// In a transaction of its own, committed if it went well.
    [[nodiscard]] Result<void> commit(const StoreCommand& command)
    {
        if (const auto begun = m_connection.begin(TransactionMode::Write); !begun)
            return begun.error();
        const auto done = run(command);
        if (!done) {
            const auto undone = m_connection.rollback();
            return undone ? done : undone;
        }
        const CommitResult end = m_connection.commit();
        return end.error ? Result<void>(*end.error) : Result<void>();
    }

    [[nodiscard]] const QList<Statement>& statements() const { return m_statements; }
    [[nodiscard]] const QStringList& places() const { return m_places; }
    void stopAfter(qsizetype statements) { m_stopAfter = statements; }

    [[nodiscard]] EngineKind engine() const override { return m_connection.engine(); }
    [[nodiscard]] Result<Rowset> query(const Statement& statement) override { return m_connection.query(statement); }
    [[nodiscard]] QByteArray quoted(const QString& identifier) const override
    {
        return m_connection.quoted(identifier);
    }
    [[nodiscard]] QByteArray placeholder(int position) const override { return m_connection.placeholder(position); }

    [[nodiscard]] Result<TablePtr> table(const QString& schema, const QString& name) override
    {
        const auto key = std::pair(schema, name);
        if (const auto known = m_tables.constFind(key); known != m_tables.cend())
            return *known;
        auto read = m_schema->table(schema, name);
        if (!read)
            return read.error();
        const auto table = std::make_shared<const Table>(std::move(read).value());
        m_tables.insert(key, table);
        return table;
    }

    void submit(const Statement& statement, const RowGuard& guard, const Table* written) override
    {
        Q_UNUSED(written)
        submitSql(statement, guard);
    }

    void submitSql(const Statement& statement, const RowGuard& guard) override
    {
        m_statements.append(statement);
        m_places.append(guard.place);
        const auto result = m_connection.query(statement);
        if (!result && !m_error)
            m_error = result.error();
        else if (result && guard.exactly && *guard.exactly != result->affected && !m_brokenGuard)
            m_brokenGuard = result->affected;
    }

    [[nodiscard]] bool shouldStop() const override
    {
        return m_error.has_value() || m_brokenGuard.has_value() || m_statements.size() == m_stopAfter;
    }

private:
    Connection& m_connection;
    std::unique_ptr<SchemaReader> m_schema;
    QHash<std::pair<QString, QString>, TablePtr> m_tables;
    std::optional<Error> m_error;
    std::optional<qint64> m_brokenGuard;
    QList<Statement> m_statements;
    QStringList m_places;
    qsizetype m_stopAfter = -1;
};

} // namespace holdpoint
