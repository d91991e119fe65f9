// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"
#include "session/sqlitelimits.h"
#include "session/sqlitestatements.h"

struct sqlite3;

namespace holdpoint {

/// A Connection to one SQLite file. Values go through the sqlite3 handle of the QSqlDatabase, which
/// gives every storage class exactly. Statements run at once; submit() waits like query().
/// When SQLite ends the transaction by itself (INSERT OR ROLLBACK, a full disk, an interrupted write), the
/// statement's error says so, inTransaction() turns false, and every further statement is refused until
/// rollback(), so that nothing runs outside the transaction by mistake.
class SqliteConnection final : public Connection
{
public:
    /// Called between compiling and running the operator's statement.
    using BeforeRunning = std::function<Result<void>(const SqliteActions&)>;

    SqliteConnection(Target target, ConnectionOptions options, QSqlDatabase database, sqlite3* handle);
    ~SqliteConnection() override;

    [[nodiscard]] EngineKind engine() const override { return EngineKind::SQLite; }
    [[nodiscard]] const Target& target() const override { return m_target; }
    [[nodiscard]] QSqlDatabase database() const override { return m_database; }
    [[nodiscard]] const ConnectionOptions& options() const { return m_options; }
    /// The handle behind database(); hooks of others than the capture must not be set on it.
    [[nodiscard]] sqlite3* handle() const { return m_handle; }
    [[nodiscard]] Result<std::unique_ptr<Connection>> openSibling() override;

    [[nodiscard]] Result<Rowset> query(const Statement& statement) override;
    [[nodiscard]] Result<void> stream(const Statement& statement, const std::function<Result<void>(Row)>& row) override;
    void submit(const Statement& statement, ResultSink sink) override;
    [[nodiscard]] Result<void> flush() override { return {}; }
    /// Runs the operator's text under the guard: what would end or escape the transaction is refused.
    /// An error of `before` is returned and nothing is run.
    [[nodiscard]] Result<Rowset> queryGuarded(const Statement& statement, const BeforeRunning& before = {});

    /// What the statement would do, by compiling it; it is not run.
    [[nodiscard]] Result<SqliteActions> actionsOf(const QByteArray& text, bool guarded);
    /// The error of a reading on the handle that is not the connection's own, told as a statement's: why it was
    /// stopped.
    [[nodiscard]] Error explained(Error error) const;

    [[nodiscard]] Result<void> begin(TransactionMode mode) override;
    [[nodiscard]] CommitResult commit() override;
    [[nodiscard]] Result<void> rollback() override;
    [[nodiscard]] bool inTransaction() const override;
    [[nodiscard]] Result<void> savepoint(const char* name) override;
    [[nodiscard]] Result<void> releaseSavepoint(const char* name) override;
    [[nodiscard]] Result<void> rollbackTo(const char* name) override;

    [[nodiscard]] Result<QByteArray> shareWorld() override;
    [[nodiscard]] Result<QByteArray> keepWorld(const QByteArray&) override { return QByteArray(); }
    [[nodiscard]] Result<bool> isWorldThere(const QByteArray& world) override;
    [[nodiscard]] Result<bool> isWorldUnchanged(const QByteArray& world) override { return isWorldThere(world); }

    /// The file's change counter, where the journal mode has one that tells.
    [[nodiscard]] Result<QJsonObject> commitEvidence() override;
    [[nodiscard]] Result<std::optional<CommitEnd>> settle(const QJsonObject& evidence) override;

    [[nodiscard]] Cancellation::Registration cancelWith(const Cancellation& cancellation) override;
    [[nodiscard]] bool isReplaced() const override;
    [[nodiscard]] QByteArray quoted(const QString& identifier) const override;
    [[nodiscard]] QByteArray placeholder(int position) const override;
    [[nodiscard]] QList<Notice> takeNotices() override { return {}; }

private:
    using RowSink = std::function<Result<void>(sqlite3_stmt*)>;

    [[nodiscard]] Result<Rowset> rowsOf(const Statement& statement, bool guarded, const BeforeRunning& before);
    /// Compiles, binds, steps; `row` is called for each row.
    [[nodiscard]] Result<qint64> run(const Statement& statement, bool guarded, const BeforeRunning& before,
                                     QStringList* columns, const RowSink& row);
    [[nodiscard]] Result<void> stepAll(SqlitePrepared& prepared, const RowSink& row);
    [[nodiscard]] Result<void> mayRun(const QByteArray& text) const;
    [[nodiscard]] Error failure(const QByteArray& text) const;
    [[nodiscard]] Result<void> execute(const char* text);
    [[nodiscard]] Result<void> assertModes(TransactionMode mode);
    /// Statements that were compiled for another schema are compiled anew.
    [[nodiscard]] Result<void> followSchema();
    void forgetChangedSchema();
    [[nodiscard]] Result<bool> hasRollbackJournal();
    [[nodiscard]] CommitResult failedCommit(Error error);
    [[nodiscard]] Error replacedError() const;
    [[nodiscard]] bool lostTransaction() const { return m_begun && !inTransaction(); }

    Target m_target;
    ConnectionOptions m_options;
    QSqlDatabase m_database;
    sqlite3* m_handle;
    std::unique_ptr<SqliteLimits> m_limits;
    std::unique_ptr<SqliteStatements> m_statements;
    bool m_begun = false; // by begin(), and neither commit() nor rollback() came since
    bool m_queryOnly = false; // switched on for a read-only transaction
    Value m_schemaVersion; // that the kept statements were compiled for
    bool m_changesSchema = false; // the transaction
};

/// Opens the file in the calling thread. A missing file is an error unless options.create, and so are a
/// folder, a file that is no database, a truncated one and one without permission: each names the file.
[[nodiscard]] Result<std::unique_ptr<Connection>> openSqlite(const Target& target, const ConnectionOptions& options);

} // namespace holdpoint
