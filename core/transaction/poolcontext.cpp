// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/poolcontext.h"

namespace holdpoint {

PoolContext::PoolContext(std::shared_ptr<SessionPool> pool, ConnectionOptions options)
    : m_pool(std::move(pool))
    , m_options(options)
{
}

EngineKind PoolContext::engine() const
{
    return m_pool->target().engine;
}

Result<Rowset> PoolContext::query(const Statement& statement)
{
    auto writer = m_pool->writer(m_options);
    if (!writer)
        return writer.error();
    return (*writer)
        ->run([&](Connection& connection) -> Result<Rowset> {
            if (const auto begun = connection.begin(TransactionMode::Write); !begun)
                return begun.error();
            auto rows = connection.query(statement);
            if (!rows) {
                Error error = rows.error();
                if (const auto undone = connection.rollback(); !undone)
                    error.detail += QStringLiteral(" (and the rollback failed: %1)").arg(undone.error().message);
                return error;
            }
            if (const CommitResult end = connection.commit(); end.end != CommitEnd::Committed)
                return end.error.value_or(makeError(ErrorKind::Internal, QStringLiteral("COMMIT gave no reason")));
            return rows;
        })
        .takeResult();
}

QByteArray PoolContext::quoted(const QString& identifier) const
{
    QByteArray text = identifier.toUtf8();
    return '"' + text.replace('"', "\"\"") + '"';
}

QByteArray PoolContext::placeholder(int position) const
{
    return (engine() == EngineKind::PostgreSQL ? '$' : '?') + QByteArray::number(position);
}

} // namespace holdpoint
