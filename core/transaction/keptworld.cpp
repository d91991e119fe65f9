// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/keptworld.h"

namespace holdpoint {

KeptWorld::KeptWorld(SessionLease lease, QByteArray shared, QByteArray name)
    : m_lease(std::move(lease))
    , m_shared(std::move(shared))
    , m_name(std::move(name))
{
    m_lease.letOthersWrite();
}

KeptWorld::~KeptWorld()
{
    const auto left = m_lease->run([](Connection& connection) { return connection.rollback(); }).takeResult();
    if (!left) // of a transaction that only read
        m_lease.discard();
}

bool KeptWorld::isThere() const
{
    const auto there
        = m_lease->run([shared = m_shared](Connection& connection) { return connection.isWorldThere(shared); })
              .takeResult();
    return there && *there;
}

} // namespace holdpoint
