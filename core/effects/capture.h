// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"
#include "effects/effects.h"
#include "effects/heldlocks.h"
#include "schema/table.h"
#include "session/connection.h"

namespace holdpoint {

/// How what was found is proved to be all of it.
enum class Verification {
    Cheapest, ///< PostgreSQL: rows may be looked up where the server's counters confirm that there are no others
    Fully, ///< PostgreSQL: every touched table is scanned
};

/// How an observed transaction begins.
struct Beginning
{
    /// The tables that the batch's own statements truncate, alter or drop: they are copied first, and nobody else
    /// changes them from then on.
    QList<TableName> rewritten {};
    /// The name of a world that Connection::keepWorld() gave, for the transaction to begin in. Empty: the world as it
    /// is. Not with tables to copy, which must be as they are now.
    QByteArray world {};
    /// One short statement is all of it: not worth a second connection unless its effects need one (PostgreSQL).
    bool brief = false;
};

/// The world in which a transaction began, shared by it.
struct SharedWorld
{
    QByteArray name; ///< of Connection::shareWorld()
    bool mayBegin = true; ///< false: another run must see the world as it is, and not begin in this one
};

/// Sees every row that one transaction of one connection changes. Lives in the connection's thread.
/// Order of calls: begin(), then for each command commandStarts() and its statements, then collect()
/// before the transaction ends, then the end, then ended().
class Capture
{
public:
    virtual ~Capture() = default;
    /// Begins the transaction on the connection, with whatever must stand before it (PostgreSQL: the
    /// second connection that keeps the old world).
    [[nodiscard]] virtual Result<void> begin(const Beginning& beginning,
                                             Verification verification = Verification::Cheapest)
        = 0;
    /// All later changes are of this command, until the next call. Waits for nothing.
    virtual void commandStarts(int index) = 0;
    /// Submits a statement that writes `table` itself, and sees which rows it named.
    virtual void submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink) = 0;
    /// Submits the operator's statement as written; `info` is what its parser said.
    virtual void submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink) = 0;
    /// Tells that a savepoint was rolled back: what was seen since may be gone.
    virtual void rolledBackToSavepoint() = 0;
    /// Releases a savepoint, and sends what collect() asks first behind it, before what was submitted is answered.
    /// Nothing else may be submitted until collect(), or until the savepoint is rolled back: if a statement failed,
    /// nothing was released or asked. False: this engine answers at once, and nothing was done.
    [[nodiscard]] virtual bool askAhead(const char* savepoint)
    {
        Q_UNUSED(savepoint)
        return false;
    }
    /// Is told how far the reading of one large table is, in this thread.
    using Advance = std::function<void(qint64 done, qint64 total)>;
    /// Fires deferred constraints and triggers, then reads what changed. Normalized. An Error of a deferred
    /// constraint is the batch's failure.
    [[nodiscard]] virtual Result<TargetEffects> collect(const Advance& advance = {}) = 0;
    /// After collect(): tables that lost or changed rows as a whole without having been copied and kept from others
    /// before. A run that names them to begin() knows all their rows; this one does not, or not for sure.
    [[nodiscard]] virtual QList<TableName> unread() const { return {}; }
    /// Just before the end, also of a transaction that failed: what it locks and who waits for it; times are left at 0.
    [[nodiscard]] virtual Result<HeldLocks> locks() = 0;
    /// After collect(): the world as it was before the batch, shared until ended(). No run may begin in it that copies
    /// tables, or tells in which world it is.
    [[nodiscard]] virtual Result<SharedWorld> shareWorld() = 0;
    /// After commit or rollback: completes what could not be read before the end, and closes the old world.
    [[nodiscard]] virtual Result<void> ended(TargetEffects& effects) = 0;

    [[nodiscard]] static std::unique_ptr<Capture> forConnection(Connection& connection);
};

} // namespace holdpoint
