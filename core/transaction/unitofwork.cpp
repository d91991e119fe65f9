// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/unitofwork.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

template <typename T> std::optional<T> optional(const Result<T>& result)
{
    return result ? std::optional(*result) : std::nullopt;
}

// In the session's thread, with nothing left to do there.
std::optional<Error> close(OutstandingTransaction& transaction, const UnitOfWork::EffectsOf& effectsOf)
{
    TargetEffects* effects = effectsOf ? effectsOf(transaction.target.name) : nullptr;
    const auto completed = effects ? transaction.context->completeEffects(*effects) : Result<void>();
    transaction.context.reset();
    return completed ? std::optional<Error>() : completed.error();
}

} // namespace

UnitOfWork::UnitOfWork(PoolSource pools, UnitOfWorkOptions options)
    : m_pools(std::move(pools))
    , m_options(std::move(options))
{
}

UnitOfWork::~UnitOfWork()
{
    if (!m_finished && !m_outstanding.isEmpty()) {
        qWarning("holdpoint: a unit of work with %d open transactions was never finished; rolling back",
                 static_cast<int>(m_outstanding.size()));
        for (const auto& transaction : m_outstanding) {
            if (const auto end = rollbackOne(*transaction, {}); end.rollbackError)
                qWarning("holdpoint: rollback of %s failed: %s", qUtf8Printable(end.target),
                         qUtf8Printable(end.rollbackError->text()));
        }
    }
}

bool UnitOfWork::reserveOnly()
{
    if (!m_options.only)
        return false;
    m_reserved = m_pools(*m_options.only)->writer(m_options.connection, m_options.cancellation);
    return m_reserved->ok();
}

Result<SessionLease> UnitOfWork::writer(const Target& target)
{
    if (m_reserved)
        return *std::exchange(m_reserved, std::nullopt);
    return m_pools(target)->writer(m_options.connection, m_options.cancellation);
}

Result<TransactionLease> UnitOfWork::transaction(const Target& target)
{
    if (m_finished)
        return makeError(ErrorKind::Internal, u"The unit of work is finished"_s);
    const auto known
        = std::ranges::find_if(m_outstanding, [&](const auto& each) { return each->target.name == target.name; });
    if (known != m_outstanding.end()) {
        if ((*known)->leased)
            return makeError(ErrorKind::Internal, u"The transaction of %1 is already in use"_s.arg(target.name));
        return TransactionLease(*known);
    }

    auto lent = writer(target);
    if (!lent)
        return lent.error();
    auto begun = (*lent)
                     ->run([observe = m_options.observe, beginning = m_options.beginnings.value(target.name),
                            cancellation = m_options.cancellation](Connection& connection) {
                         return TransactionContext::begin(connection, observe, beginning, cancellation);
                     })
                     .takeResult();
    if (!begun) {
        if (begun.error().breaksSession())
            lent->discard();
        if (m_options.only)
            m_reserved = std::move(lent); // a session is not closed in its own thread
        return begun.error();
    }
    m_outstanding.append(
        std::make_shared<OutstandingTransaction>(target, std::move(lent).value(), std::move(begun).value(), false));
    return TransactionLease(m_outstanding.last());
}

TransactionEnd UnitOfWork::commitOne(OutstandingTransaction& transaction)
{
    TransactionEnd end { transaction.target.name, CommitEnd::RolledBack, {}, {}, {}, {}, {} };
    const CommitResult result = transaction.writer
                                    ->run([&](Connection&) -> Result<CommitResult> {
                                        auto committed = transaction.context->commit();
                                        end.locks = transaction.context->locks();
                                        return committed;
                                    })
                                    .takeResult()
                                    .value();
    if (result.error && result.error->breaksSession())
        transaction.writer.discard();
    end.end = result.end;
    end.commitError = result.error;
    return end;
}

TransactionEnd UnitOfWork::rollbackOne(OutstandingTransaction& transaction, const EffectsOf& effectsOf, bool keep)
{
    TransactionEnd end { transaction.target.name, CommitEnd::RolledBack, {}, {}, {}, {}, {} };
    std::optional<SharedWorld> shared;
    std::optional<QByteArray> kept;
    const Result<void> undone = transaction.writer
                                    ->run([&](Connection& connection) {
                                        if (keep)
                                            shared = optional(transaction.context->shareWorld());
                                        auto result = transaction.context->rollback();
                                        end.locks = transaction.context->locks();
                                        if (shared && result)
                                            kept = optional(connection.keepWorld(shared->name));
                                        end.captureError = close(transaction, effectsOf);
                                        return result;
                                    })
                                    .takeResult();
    if (!undone) {
        transaction.writer.discard();
        end.rollbackError = undone.error();
    } else if (kept) {
        end.world = std::make_shared<KeptWorld>(std::move(transaction.writer), *shared, *kept);
    }
    return end;
}

Result<QList<TransactionEnd>> UnitOfWork::finish(Decision decision, const EffectsOf& effectsOf)
{
    if (m_finished)
        return makeError(ErrorKind::Internal, u"The unit of work is already finished"_s);
    m_finished = true;
    QStringList stillOut;
    for (const auto& transaction : m_outstanding) {
        if (transaction->leased)
            stillOut.append(transaction->target.name);
    }
    bool commit = decision == Decision::Commit && stillOut.isEmpty();
    QList<TransactionEnd> ends;
    for (const auto& transaction : m_outstanding) {
        const bool keep = decision == Decision::RollBackAndKeep && stillOut.isEmpty();
        ends.append(commit ? commitOne(*transaction) : rollbackOne(*transaction, effectsOf, keep));
        commit = commit && ends.last().end == CommitEnd::Committed;
    }
    for (qsizetype i = 0; i < m_outstanding.size(); ++i) {
        OutstandingTransaction& transaction = *m_outstanding.at(i);
        if (!transaction.context)
            continue;
        ends[i].captureError
            = transaction.writer
                  ->run([&](Connection&) -> Result<std::optional<Error>> { return close(transaction, effectsOf); })
                  .takeResult()
                  .value();
    }
    if (!stillOut.isEmpty()) {
        return makeError(ErrorKind::Internal,
                         u"A transaction was still in use when its request ended: %1"_s.arg(stillOut.join(", "_L1)),
                         u"Everything was rolled back"_s);
    }
    return ends;
}

} // namespace holdpoint
