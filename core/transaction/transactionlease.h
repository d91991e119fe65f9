// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sessionpool.h"
#include "transaction/transactioncontext.h"

namespace holdpoint {

/// A transaction that the unit of work keeps: the writer and what lives in its thread.
struct OutstandingTransaction
{
    Target target;
    SessionLease writer;
    std::unique_ptr<TransactionContext> context; // made, used and destroyed in the writer's thread
    bool leased = false;
};

/// The right to use one outstanding transaction: move-only. Its end gives the transaction back to the
/// unit of work and neither commits nor rolls back. Used from the unit of work's thread.
class TransactionLease
{
public:
    TransactionLease(TransactionLease&&) noexcept = default;
    TransactionLease& operator=(TransactionLease&&) noexcept = delete;
    TransactionLease(const TransactionLease&) = delete;
    TransactionLease& operator=(const TransactionLease&) = delete;
    ~TransactionLease()
    {
        if (m_transaction)
            m_transaction->leased = false;
    }

    /// Runs `work`, called as Result<T>(TransactionContext &), in the session's thread and waits for it. An error
    /// (Internal) once the unit of work is finished.
    template <typename F> [[nodiscard]] auto run(F work) -> std::invoke_result_t<F, TransactionContext&>
    {
        auto* context = m_transaction->context.get();
        if (!context)
            return makeError(ErrorKind::Internal, QStringLiteral("The transaction has ended"));
        return m_transaction->writer
            ->run([context, work = std::move(work)](Connection&) mutable { return work(*context); })
            .takeResult();
    }

    [[nodiscard]] const Target& target() const { return m_transaction->target; }

private:
    friend class UnitOfWork;
    explicit TransactionLease(std::shared_ptr<OutstandingTransaction> transaction)
        : m_transaction(std::move(transaction))
    {
        m_transaction->leased = true;
    }

    std::shared_ptr<OutstandingTransaction> m_transaction;
};

} // namespace holdpoint
