// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/rowset.h"
#include "session/cancellation.h"
#include "session/statement.h"
#include "target/secretsource.h"
#include "target/target.h"

#include <QJsonObject>
#include <QSqlDatabase>
#include <QStringList>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace holdpoint {

/// How a connection is set up; every (re)connection asserts all of it again.
struct ConnectionOptions
{
    std::chrono::milliseconds lockTimeout = std::chrono::seconds(5); ///< 0: wait for ever
    std::chrono::milliseconds statementTimeout = std::chrono::seconds(60); ///< 0: no limit
    bool readOnly = false; ///< enforced by the server or the file's open mode; also set by Target::readOnly
    bool create = false; ///< SQLite: make the file if there is none; else that is an error
    /// For undo: triggers and foreign key actions do not run. SQLite: off on this connection, foreign keys are
    /// checked before COMMIT. PostgreSQL: session_replication_role where the role may set it.
    bool suppressTriggers = false;
    /// SQLite: its date functions take it to be a second later, so that two runs within one second differ.
    bool laterClock = false;
    /// PostgreSQL: neither used before nor lent again. A session keeps what it once made of its functions, with the
    /// types that the columns had then, also those of a change that was rolled back.
    bool ofItsOwn = false;
    friend bool operator==(const ConnectionOptions&, const ConnectionOptions&) = default;
};

/// What the server said beside its results.
struct Notice
{
    QString severity;
    QString sqlState;
    QString text;
    friend bool operator==(const Notice&, const Notice&) = default;
};

/// What became of a COMMIT.
enum class CommitEnd { Committed, RolledBack, InDoubt };
struct CommitResult
{
    CommitEnd end = CommitEnd::InDoubt;
    std::optional<Error> error; ///< why it is not Committed
};

enum class TransactionMode {
    Write, ///< SQLite BEGIN IMMEDIATE; PostgreSQL REPEATABLE READ
    ReadOnly, ///< a stable snapshot that cannot write
};

/// One open database connection: a QSqlDatabase and the handle behind it, RAII.
/// Made, used and destroyed in one thread; only cancel registrations cross it.
/// A destructor with an open transaction rolls back and never throws.
/// Nothing is ever replayed on a new connection: a broken one stays broken.
class Connection
{
public:
    /// Receives the result of one submitted statement, in the order of submission.
    using ResultSink = std::function<void(Result<Rowset>)>;

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    [[nodiscard]] virtual EngineKind engine() const = 0;
    [[nodiscard]] virtual const Target& target() const = 0;
    [[nodiscard]] virtual QSqlDatabase database() const = 0;
    /// A further connection to the same target with the same options, in this thread.
    [[nodiscard]] virtual Result<std::unique_ptr<Connection>> openSibling() = 0;

    /// Runs one statement and waits for its rows. All submitted statements are flushed first;
    /// their errors went to their sinks.
    [[nodiscard]] virtual Result<Rowset> query(const Statement& statement) = 0;
    /// As query(), but hands over each row as it arrives, without keeping it; stops when `row` returns an error.
    [[nodiscard]] virtual Result<void> stream(const Statement& statement, const std::function<Result<void>(Row)>& row)
        = 0;
    /// Runs one statement without waiting: the sink is called from a later submit(), query() or flush(),
    /// on SQLite at once. After the first error of a transaction, PostgreSQL answers the rest with
    /// SQLSTATE 25P02 (in failed transaction) until rollbackTo() or rollback().
    virtual void submit(const Statement& statement, ResultSink sink) = 0;
    /// Waits until every submitted statement's sink was called. An error here is the connection's own.
    [[nodiscard]] virtual Result<void> flush() = 0;

    [[nodiscard]] virtual Result<void> begin(TransactionMode mode) = 0;
    [[nodiscard]] virtual CommitResult commit() = 0;
    /// Succeeds also when the database has rolled back by itself; fails if the end cannot be confirmed.
    [[nodiscard]] virtual Result<void> rollback() = 0;
    [[nodiscard]] virtual bool inTransaction() const = 0;
    /// Savepoints nest; `name` is an identifier of ours. Only inside a transaction.
    [[nodiscard]] virtual Result<void> savepoint(const char* name) = 0;
    [[nodiscard]] virtual Result<void> releaseSavepoint(const char* name) = 0;
    /// Undoes everything since the savepoint and removes it.
    [[nodiscard]] virtual Result<void> rollbackTo(const char* name) = 0;

    /// In a transaction: the name of the world that it sees, without its own changes.
    [[nodiscard]] virtual Result<QByteArray> shareWorld() = 0;
    /// Outside a transaction: this connection keeps a world, without a lock, until rollback(). PostgreSQL: as long as
    /// whoever shared it is in its transaction; SQLite: this connection did. The name by which another transaction can
    /// begin in it; empty where none can (SQLite).
    [[nodiscard]] virtual Result<QByteArray> keepWorld(const QByteArray& world) = 0;
    /// Whether others have changed nothing since, or a transaction can begin in that world all the same.
    [[nodiscard]] virtual Result<bool> isWorldThere(const QByteArray& world) = 0;
    /// Whether nobody has committed anything since.
    [[nodiscard]] virtual Result<bool> isWorldUnchanged(const QByteArray& world) = 0;

    /// Read inside the transaction, before COMMIT: what settle() later needs to tell its outcome. Empty: nothing helps.
    [[nodiscard]] virtual Result<QJsonObject> commitEvidence() { return QJsonObject(); }
    /// On a new connection: what became of the COMMIT that the evidence belongs to; none: it cannot be known here.
    [[nodiscard]] virtual Result<std::optional<CommitEnd>> settle(const QJsonObject& evidence)
    {
        Q_UNUSED(evidence)
        return std::optional<CommitEnd>();
    }

    /// While the registration lives, cancelling stops the running statement (and each later one) with
    /// ErrorKind::Cancelled.
    [[nodiscard]] virtual Cancellation::Registration cancelWith(const Cancellation& cancellation) = 0;

    /// From any thread, as long as the connection lives and nobody uses it: false if something came unasked, as it does
    /// when the server ends it.
    [[nodiscard]] virtual bool isQuiet() const { return true; }
    /// As isQuiet(): the target's address leads elsewhere now (SQLite: its file was replaced, moved or removed). Then
    /// begin() fails and commit() rolls back: nobody would find there what it wrote.
    [[nodiscard]] virtual bool isReplaced() const { return false; }

    /// The engine's own quoting of an identifier.
    [[nodiscard]] virtual QByteArray quoted(const QString& identifier) const = 0;
    /// "$3" or "?3"; positions count from 1.
    [[nodiscard]] virtual QByteArray placeholder(int position) const = 0;
    /// Notices since the last call.
    [[nodiscard]] virtual QList<Notice> takeNotices() = 0;

protected:
    Connection() = default;
};

/// Opens a connection in the calling thread. Errors are Unreachable (exit 3), with the driver's own words.
[[nodiscard]] Result<std::unique_ptr<Connection>> openConnection(const Target& target, const ConnectionOptions& options,
                                                                 std::shared_ptr<SecretSource> secrets);

} // namespace holdpoint
