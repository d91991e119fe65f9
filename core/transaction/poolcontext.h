// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/sqlcontext.h"
#include "session/sessionpool.h"

namespace holdpoint {

/// A pool as a store sees it: each call is a transaction of its own, on the pool's writer. The engine is
/// the target's. Any thread but the GUI's; each call waits.
class PoolContext final : public SqlContext
{
public:
    PoolContext(std::shared_ptr<SessionPool> pool, ConnectionOptions options);

    [[nodiscard]] EngineKind engine() const override;
    [[nodiscard]] Result<Rowset> query(const Statement& statement) override;
    [[nodiscard]] QByteArray quoted(const QString& identifier) const override;
    [[nodiscard]] QByteArray placeholder(int position) const override;

private:
    std::shared_ptr<SessionPool> m_pool;
    ConnectionOptions m_options;
};

} // namespace holdpoint
