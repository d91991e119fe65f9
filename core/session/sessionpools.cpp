// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sessionpools.h"

namespace holdpoint {

SessionPools::SessionPools(std::shared_ptr<SecretSource> secrets)
    : m_secrets(std::move(secrets))
{
}

std::shared_ptr<SessionPool> SessionPools::pool(const Target& target)
{
    const std::lock_guard lock(m_mutex);
    auto& pool = m_pools[{ target.address, target.readOnly }];
    if (!pool)
        pool = std::make_shared<SessionPool>(target, m_secrets);
    return pool;
}

} // namespace holdpoint
