// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/storecommandexecutor.h"
#include "session/sessionpool.h"

namespace holdpoint {

/// Executes commands on one SQLite or PostgreSQL database, chosen at run time by the pool's target. The commands'
/// own target names are not looked at. A pool made with WriteExclusivity::One gives one writer and many readers;
/// with Many, executions run side by side as far as the database lets them.
class SqlStoreCommandExecutor final : public StoreCommandExecutor
{
public:
    explicit SqlStoreCommandExecutor(std::shared_ptr<SessionPool> pool, ConnectionOptions options = {},
                                     Cancellation cancellation = {});

    [[nodiscard]] ExecutionResult execute(const QList<StoreCommandPtr>& commands) override;

private:
    std::shared_ptr<SessionPool> m_pool;
    ConnectionOptions m_options;
    Cancellation m_cancellation;
};

} // namespace holdpoint
