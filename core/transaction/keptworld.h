// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sessionpool.h"

#include <QHash>

#include <memory>

namespace holdpoint {

/// The world in which a transaction began that was rolled back, so that another run can begin in the same one, or can
/// tell afterwards that it did. It keeps the session, on PostgreSQL with a transaction that holds no locks; others may
/// write. Its end gives the session back. Used from one thread at a time, never the GUI's.
class KeptWorld
{
public:
    /// `lease` is the writer's whose connection keeps it; `shared` is of Connection::shareWorld(), `name` of
    /// keepWorld().
    KeptWorld(SessionLease lease, QByteArray shared, QByteArray name);
    KeptWorld(const KeptWorld&) = delete;
    KeptWorld& operator=(const KeptWorld&) = delete;
    ~KeptWorld();

    /// For Beginning::world.
    [[nodiscard]] const QByteArray& name() const { return m_name; }
    /// See Connection::isWorldThere(). What cannot be told counts as gone.
    [[nodiscard]] bool isThere() const;

private:
    SessionLease m_lease;
    QByteArray m_shared;
    QByteArray m_name;
};

/// By the name of their targets.
using KeptWorlds = QHash<QString, std::shared_ptr<KeptWorld>>;

} // namespace holdpoint
