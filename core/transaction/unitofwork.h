// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sessionpool.h"
#include "transaction/keptworld.h"
#include "transaction/transactioncontext.h"
#include "transaction/transactionlease.h"

#include <functional>

namespace holdpoint {

/// Gives the pool of a target; the same one for the same database. Any thread.
using PoolSource = std::function<std::shared_ptr<SessionPool>(const Target& target)>;

/// What became of one outstanding transaction.
struct TransactionEnd
{
    QString target;
    CommitEnd end = CommitEnd::RolledBack;
    std::optional<Error> commitError; ///< why a COMMIT did not commit, or has no answer
    std::optional<Error> rollbackError; ///< a ROLLBACK that failed
    std::optional<HeldLocks> locks; ///< of an observed transaction
    std::optional<Error> captureError; ///< why its effects could not be completed
    std::shared_ptr<KeptWorld> world; ///< of Decision::RollBackAndKeep; null if it could not be kept
};

struct UnitOfWorkOptions
{
    ConnectionOptions connection;
    TransactionContext::Observe observe = TransactionContext::Observe::Nothing;
    QHash<QString, Beginning> beginnings; ///< by target's name
    Cancellation cancellation;
    /// The only target, if there is no other: all is done in its session's thread, which saves handing over each step.
    std::optional<Target> only;
};

/// The registry of one request's outstanding transactions, one per target; it alone commits or rolls back.
/// Whoever handles the request asks for a lease and gives it back by letting it go; nothing is ended by that.
/// finish() ends all. Destroyed unfinished, it rolls back and logs it. Used from one thread, never the GUI's, and
/// within inItsThread() from that one.
class UnitOfWork
{
public:
    enum class Decision {
        Commit,
        RollBack,
        RollBackAndKeep, ///< and keep the worlds in which the transactions began; they must be observed
    };
    /// The effects of a target's transaction, by its name; null if there are none. Called in its session's thread.
    using EffectsOf = std::function<TargetEffects*(const QString& target)>;

    UnitOfWork(PoolSource pools, UnitOfWorkOptions options);
    UnitOfWork(const UnitOfWork&) = delete;
    UnitOfWork& operator=(const UnitOfWork&) = delete;
    ~UnitOfWork();

    /// Calls `work` in the session's thread of the only target, else here, and waits for it.
    template <typename F> [[nodiscard]] auto inItsThread(F work) -> std::invoke_result_t<F>
    {
        if (!reserveOnly())
            return work();
        return (**m_reserved)->run([&work](Connection&) { return work(); }).takeResult();
    }

    /// The target's transaction: begun when first asked for. Asking while a lease on it is out is an error (Internal).
    [[nodiscard]] Result<TransactionLease> transaction(const Target& target);

    /// Ends every outstanding transaction, in the order in which they were begun, and tells what became of each.
    /// Commit: the first that does not commit stops it, and those behind are rolled back.
    /// A lease that is still out is named in an Internal error, and all is rolled back.
    /// To the effects is added what can only be read after the end (see Capture::ended); no COMMIT waits for that.
    [[nodiscard]] Result<QList<TransactionEnd>> finish(Decision decision, const EffectsOf& effectsOf = {});

private:
    [[nodiscard]] bool reserveOnly();
    [[nodiscard]] Result<SessionLease> writer(const Target& target);
    [[nodiscard]] TransactionEnd commitOne(OutstandingTransaction& transaction);
    [[nodiscard]] TransactionEnd rollbackOne(OutstandingTransaction& transaction, const EffectsOf& effectsOf,
                                             bool keep = false);

    PoolSource m_pools;
    UnitOfWorkOptions m_options;
    std::optional<Result<SessionLease>> m_reserved; // of the only target
    QList<std::shared_ptr<OutstandingTransaction>> m_outstanding; // in the order of begin
    bool m_finished = false;
};

} // namespace holdpoint
