// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"
#include "session/postgresanswer.h"

#include <any>
#include <typeindex>
#include <unordered_map>

struct pg_conn;

namespace holdpoint {

class PostgresPipeline;
class PostgresWire;

/// A PostgreSQL connection, version 13 or later. COMMIT and ROLLBACK go through the QSqlDatabase;
/// every other statement through the libpq handle below it, by the extended protocol, one statement a message:
/// no text can carry a second one. Submitted statements travel in libpq's pipeline mode.
class PostgresConnection final : public Connection
{
public:
    /// Takes over an opened QPSQL connection; openPostgres() makes one.
    PostgresConnection(QSqlDatabase database, Target target, ConnectionOptions options,
                       std::shared_ptr<SecretSource> secrets);
    ~PostgresConnection() override;

    [[nodiscard]] EngineKind engine() const override { return EngineKind::PostgreSQL; }
    [[nodiscard]] const Target& target() const override { return m_target; }
    [[nodiscard]] QSqlDatabase database() const override { return m_database; }
    [[nodiscard]] Result<std::unique_ptr<Connection>> openSibling() override;
    [[nodiscard]] const ConnectionOptions& options() const { return m_options; }
    /// A further connection that stays with this one, outside a transaction when it is asked for. Nobody else uses it.
    [[nodiscard]] Result<PostgresConnection*> companion();
    /// It is in a state that nobody knows: the next one is a new one.
    void closeCompanion() { m_companion.reset(); }
    [[nodiscard]] bool isLost() const; ///< as far as was noticed
    [[nodiscard]] int backendPid() const;
    [[nodiscard]] int serverVersion() const; ///< 150004 for 15.4

    [[nodiscard]] Result<Rowset> query(const Statement& statement) override;
    /// When `row` returns an error, the rest is cancelled outside a transaction, and read and dropped inside one:
    /// cancelling would abort it.
    [[nodiscard]] Result<void> stream(const Statement& statement, const std::function<Result<void>(Row)>& row) override;
    void submit(const Statement& statement, ResultSink sink) override;
    /// As submit(), but the rows are only looked at, as the server sends them: the sink gets none.
    void submitLooking(const Statement& statement, PostgresLook look, ResultSink sink);
    /// Sends what is submitted, so that the server works on it while this thread does something else. If the BEGIN of a
    /// transaction that writes fails, nothing runs that was submitted behind it, whatever is sent when.
    void push();
    [[nodiscard]] Result<void> flush() override;
    /// As flush(), but what became of a statement of this class's own is left for flush() to tell.
    [[nodiscard]] Result<void> wait();

    [[nodiscard]] Result<void> begin(TransactionMode mode) override;
    /// As begin(), on the snapshot that another open transaction exported, if one is given. Waits for nothing: what is
    /// submitted before is done outside the transaction, what is submitted next travels with it, and finishBegin()
    /// waits for all of it. Without finishBegin(), the next flush() tells whether it began.
    [[nodiscard]] Result<void> submitBegin(TransactionMode mode, const QByteArray& snapshot = {});
    [[nodiscard]] Result<void> finishBegin();
    [[nodiscard]] CommitResult commit() override;
    [[nodiscard]] Result<void> rollback() override;
    /// Sends a ROLLBACK behind what is submitted, for a connection on which nothing failed. finishRollback() waits, and
    /// does again what did not work.
    void submitRollback();
    [[nodiscard]] Result<void> finishRollback();
    [[nodiscard]] bool inTransaction() const override { return m_inTransaction; }
    [[nodiscard]] quint64 transactionsBegun() const { return m_transactionsBegun; }
    [[nodiscard]] Result<void> savepoint(const char* name) override;
    [[nodiscard]] Result<void> releaseSavepoint(const char* name) override;
    [[nodiscard]] Result<void> rollbackTo(const char* name) override;

    [[nodiscard]] Result<QByteArray> shareWorld() override;
    [[nodiscard]] Result<QByteArray> keepWorld(const QByteArray& world) override;
    /// False too if a table was truncated, dropped or written anew since, which snapshots do not heed.
    [[nodiscard]] Result<bool> isWorldThere(const QByteArray& world) override;
    /// By the companion. False too if the commit was in another database of the server.
    [[nodiscard]] Result<bool> isWorldUnchanged(const QByteArray& world) override;

    [[nodiscard]] Result<QJsonObject> commitEvidence() override;
    [[nodiscard]] Result<std::optional<CommitEnd>> settle(const QJsonObject& evidence) override;

    [[nodiscard]] Cancellation::Registration cancelWith(const Cancellation& cancellation) override;
    /// What cancelWith() was last called with, for connections that work for this one.
    [[nodiscard]] const Cancellation& cancellation() const;

    [[nodiscard]] bool isQuiet() const override;

    [[nodiscard]] QByteArray quoted(const QString& identifier) const override;
    [[nodiscard]] QByteArray placeholder(int position) const override;
    [[nodiscard]] QList<Notice> takeNotices() override;

    /// What those who work with this connection keep with it from one transaction to the next, a T of each kind.
    template <typename T> [[nodiscard]] T& notes()
    {
        std::any& kept = m_notes[typeid(T)];
        if (!kept.has_value())
            kept = T();
        return *std::any_cast<T>(&kept);
    }

    /// False: undo was asked to suppress triggers, and this role may not, so they fire. For the running transaction.
    [[nodiscard]] bool triggersSuppressed() const { return m_triggersSuppressed; }

private:
    friend Result<std::unique_ptr<Connection>> openPostgres(const Target&, const ConnectionOptions&,
                                                            std::shared_ptr<SecretSource>, const QString&);
    [[nodiscard]] Result<void> setUp();
    [[nodiscard]] Result<Rowset> queryKept(const Statement& statement);
    void forgetPrepared();
    [[nodiscard]] Error lossError() const;
    void submitOwn(const QByteArray& sql, bool kept = true);
    void keepOwnError(const Result<Rowset>& answer);
    [[nodiscard]] Result<void> suppressTriggers();
    [[nodiscard]] Result<void> run(const QByteArray& sql);
    [[nodiscard]] std::optional<Error> lossBeforeCommit();
    [[nodiscard]] CommitResult endedBadly();

    QSqlDatabase m_database;
    Target m_target;
    ConnectionOptions m_options;
    std::shared_ptr<SecretSource> m_secrets; // for siblings
    pg_conn* m_handle; // owned by m_database
    std::unique_ptr<PostgresWire> m_wire;
    std::unique_ptr<PostgresPipeline> m_pipeline;
    std::unique_ptr<PostgresConnection> m_companion;
    std::optional<Error> m_ownError; // of a statement of our own that nobody waited for
    quint64 m_transactionsBegun = 0;
    bool m_inTransaction = false;
    bool m_begins = false; // the BEGIN of what writes is not answered yet
    bool m_rollsBack = false; // a submitted ROLLBACK did not fail so far
    bool m_writes = false;
    bool m_triggersSuppressed = false;
    QList<Notice> m_notices;
    std::unordered_map<std::type_index, std::any> m_notes;
    std::optional<Error> m_lastError; // of a COMMIT
    QString m_systemIdentifier; // of the cluster; empty if the role may not read it
};

/// Opens it in the calling thread, with `password` or libpq's own. One that libpq lacks is asked of `secrets` (may
/// be null) once. Error::needsPassword() where another password may help.
[[nodiscard]] Result<std::unique_ptr<Connection>> openPostgres(const Target& target, const ConnectionOptions& options,
                                                               std::shared_ptr<SecretSource> secrets,
                                                               const QString& password = {});

} // namespace holdpoint
