// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transaction/unitofwork.h"

#include <algorithm>
#include <functional>

namespace holdpoint {

/// What a handler may ask for while its request is handled: transactions, not their end.
class RequestContext
{
public:
    [[nodiscard]] Result<TransactionLease> transaction(const Target& target) { return m_work.transaction(target); }

private:
    friend class TransactionLayer;
    explicit RequestContext(UnitOfWork& work)
        : m_work(work)
    {
    }

    UnitOfWork& m_work;
};

/// A request's answer, and what became of each transaction that it used.
template <typename T> struct LayerResponse
{
    Result<T> response; ///< the handler's; a COMMIT that failed takes the place of a success
    QList<TransactionEnd> ends; ///< in the order in which they were begun
};

/// Wraps a handler in transactions: they begin when the handler asks for them, commit if its response is
/// a success, and roll back if it is not, or if the request was cancelled. A rollback that fails is in
/// `ends` and hides nothing. The engine is whatever the target's is. Runs in the caller's thread, never the GUI's, or
/// in the session's of the only target, if options.only names it; the caller waits.
class TransactionLayer
{
public:
    explicit TransactionLayer(PoolSource pools)
        : m_pools(std::move(pools))
    {
    }

    using Decide = std::function<UnitOfWork::Decision()>;

    /// `handler` is called as Result<T>(RequestContext &). `decide` is asked after its success, which it may roll back
    /// (a preview); without it a success commits. `effectsOf`: see UnitOfWork::finish().
    template <typename Handler>
    [[nodiscard]] auto run(const UnitOfWorkOptions& options, Handler handler, const Decide& decide = {},
                           const UnitOfWork::EffectsOf& effectsOf = {})
    {
        UnitOfWork work(m_pools, options);
        return work.inItsThread([&] { return run(work, options, handler, decide, effectsOf); });
    }

private:
    template <typename Handler>
    [[nodiscard]] static auto run(UnitOfWork& work, const UnitOfWorkOptions& options, Handler& handler,
                                  const Decide& decide, const UnitOfWork::EffectsOf& effectsOf)
    {
        using R = std::invoke_result_t<Handler, RequestContext&>;
        RequestContext context(work);
        R response = handler(context);
        const auto onSuccess = decide && response.ok() ? decide() : UnitOfWork::Decision::Commit;
        if (response.ok() && onSuccess == UnitOfWork::Decision::Commit && options.cancellation.isCancelled())
            response = makeError(ErrorKind::Cancelled, QStringLiteral("Cancelled before COMMIT"));

        const auto decision = response.ok() ? onSuccess : UnitOfWork::Decision::RollBack;
        auto ends = work.finish(decision, effectsOf);
        if (!ends)
            return LayerResponse<typename R::ValueType> { ends.error(), {} };
        if (decision == UnitOfWork::Decision::Commit) {
            const auto failed
                = std::ranges::find_if(*ends, [](const auto& end) { return end.end != CommitEnd::Committed; });
            if (failed != ends->end())
                response = failed->commitError.value_or(
                    makeError(ErrorKind::Internal, QStringLiteral("COMMIT of %1 gave no reason").arg(failed->target)));
        }
        return LayerResponse<typename R::ValueType> { std::move(response), std::move(ends).value() };
    }

    PoolSource m_pools;
};

} // namespace holdpoint
