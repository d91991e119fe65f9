// SPDX-License-Identifier: GPL-3.0-or-later
#include "transaction/keptworld.h"

namespace holdpoint {

KeptWorld::KeptWorld(SessionLease lease, SharedWorld shared, QByteArray name)
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

bool KeptWorld::wasSeen() const
{
    const auto seen = m_lease
                          ->run([shared = m_shared](Connection& connection) {
                              return shared.mayBegin ? connection.isWorldThere(shared.name)
                                                     : connection.isWorldUnchanged(shared.name);
                          })
                          .takeResult();
    return seen && *seen;
}

} // namespace holdpoint
