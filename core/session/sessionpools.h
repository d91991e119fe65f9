// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sessionpool.h"

#include <mutex>

namespace holdpoint {

/// One pool for each database of a program, however many names it has: so there is one writer a database.
/// Any thread.
class SessionPools
{
public:
    explicit SessionPools(std::shared_ptr<SecretSource> secrets);

    [[nodiscard]] std::shared_ptr<SessionPool> pool(const Target& target);

private:
    std::shared_ptr<SecretSource> m_secrets;
    std::mutex m_mutex;
    std::map<std::pair<QString, bool>, std::shared_ptr<SessionPool>> m_pools; // by address and read-only
};

} // namespace holdpoint
