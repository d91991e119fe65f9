// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"
#include "effects/capture.h"
#include "effects/volatilesources.h"
#include "schema/schemareader.h"
#include "session/connection.h"

#include <QElapsedTimer>
#include <QHash>

#include <chrono>
#include <vector>

namespace holdpoint {

/// What one command's statements did so far.
struct CommandProgress
{
    qint64 rows = 0;
    double milliseconds = 0;
    bool started = false;
};

/// The open transaction of one target, as commands and the executor use it. Lives in the session's
/// thread and ends there: by commit() or rollback(), else its destructor rolls back.
/// With a capture, it knows every row that was changed.
class TransactionContext final : public CommandContext
{
public:
    enum class Observe {
        Nothing,
        Effects,
        EffectsFully, ///< see Verification::Fully
    };

    /// `beginning` is for an observed one.
    [[nodiscard]] static Result<std::unique_ptr<TransactionContext>> begin(Connection& connection, Observe observe,
                                                                           const Beginning& beginning,
                                                                           const Cancellation& cancellation);
    ~TransactionContext() override;

    // For commands
    [[nodiscard]] EngineKind engine() const override;
    [[nodiscard]] Result<Rowset> query(const Statement& statement) override;
    [[nodiscard]] QByteArray quoted(const QString& identifier) const override;
    [[nodiscard]] QByteArray placeholder(int position) const override;
    [[nodiscard]] Result<TablePtr> table(const QString& schema, const QString& name) override;
    void submit(const Statement& statement, const RowGuard& guard, const Table* written) override;
    void submitSql(const Statement& statement, const RowGuard& guard) override;
    [[nodiscard]] bool shouldStop() const override;

    // For the executor
    /// What is submitted from now on belongs to the command with this index; its progress starts anew.
    void startCommand(int index, const StoreCommand& command);
    /// Waits for all results; an Error is the connection's own.
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] CommandProgress progress(int index) const;
    [[nodiscard]] bool hasStarted(int index) const { return progress(index).started; }
    [[nodiscard]] std::optional<Error> error(int index) const;
    /// The least index of a command that failed since the last call of forgetFailures().
    [[nodiscard]] std::optional<int> failedCommand() const { return m_failed; }
    void recordFailure(int index, Error error);
    void forgetFailures() { m_failed.reset(); }
    [[nodiscard]] bool isCancelled() const { return m_cancellation.isCancelled(); }
    /// False when the database ended the transaction by itself (INSERT OR ROLLBACK, a lost connection).
    [[nodiscard]] bool isOpen() const;

    [[nodiscard]] Result<void> savepoint(const char* name);
    [[nodiscard]] Result<void> releaseSavepoint(const char* name);
    [[nodiscard]] Result<void> rollbackTo(const char* name);
    /// See Capture::askAhead(). False also where a guard may yet fail what was submitted since the savepoint.
    [[nodiscard]] bool askAhead(const char* savepoint);

    // The end
    /// Everything that changed, with deferred constraints checked; its Error is the batch's failure.
    [[nodiscard]] Result<TargetEffects> collect(const Capture::Advance& advance = {});
    /// See Capture::unread(). Asked after collect().
    [[nodiscard]] QList<TableName> unread() const { return m_capture ? m_capture->unread() : QList<TableName>(); }
    /// Whether a second run could give other values: see VolatileSources. Asked after collect().
    [[nodiscard]] Result<Volatility> mayBeVolatile(const TargetEffects& effects);
    /// See Capture::shareWorld(). Of an observed one, after collect().
    [[nodiscard]] Result<SharedWorld> shareWorld() { return m_capture->shareWorld(); }
    [[nodiscard]] Result<QJsonObject> commitEvidence();
    [[nodiscard]] CommitResult commit();
    [[nodiscard]] Result<void> rollback();
    /// After the end of an observed transaction: what it locked, for how long, and who waited.
    [[nodiscard]] const std::optional<HeldLocks>& locks() const { return m_locks; }
    /// After the end: what the capture could only read then.
    [[nodiscard]] Result<void> completeEffects(TargetEffects& effects);

private:
    TransactionContext(Connection& connection, Observe observe, const Cancellation& cancellation);
    void onResult(int index, const RowGuard& guard, Result<Rowset> result);
    void readLocks();
    void timeLocks();
    void onGuardNotMet(int index, const RowGuard& guard, qint64 rows);
    [[nodiscard]] Connection::ResultSink sink(const RowGuard& guard);

    Connection& m_connection;
    Cancellation m_cancellation;
    Cancellation::Registration m_cancelWith;
    std::unique_ptr<Capture> m_capture; // null when nothing is observed
    std::unique_ptr<VolatileSources> m_sources; // the same
    std::unique_ptr<SchemaReader> m_schema;
    QHash<std::pair<QString, QString>, TablePtr> m_tables;
    std::vector<CommandProgress> m_progress; // by index
    QHash<int, Error> m_errors;
    int m_command = -1;
    bool m_ended = false;
    bool m_isGuarded = false; // something submitted since the last savepoint
    std::optional<int> m_failed;
    std::chrono::steady_clock::time_point m_lastResult;
    QElapsedTimer m_sinceBegin;
    QElapsedTimer m_sinceFirstCommand;
    std::optional<HeldLocks> m_locks;
};

} // namespace holdpoint
