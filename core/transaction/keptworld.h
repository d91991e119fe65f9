// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/capture.h"
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
    /// `lease` is the writer's whose connection keeps it, `name` of Connection::keepWorld().
    KeptWorld(SessionLease lease, SharedWorld shared, QByteArray name);
    KeptWorld(const KeptWorld&) = delete;
    KeptWorld& operator=(const KeptWorld&) = delete;
    ~KeptWorld();

    /// Another run should begin in it; else it sees the world as it is.
    [[nodiscard]] bool mayBegin() const { return m_shared.mayBegin; }
    /// For Beginning::world; empty where that cannot be.
    [[nodiscard]] QByteArray name() const { return m_shared.mayBegin ? m_name : QByteArray(); }
    /// Such a run, after it, has seen this world. What cannot be told counts as no.
    [[nodiscard]] bool wasSeen() const;

private:
    SessionLease m_lease;
    SharedWorld m_shared;
    QByteArray m_name;
};

/// By the name of their targets.
using KeptWorlds = QHash<QString, std::shared_ptr<KeptWorld>>;

} // namespace holdpoint
