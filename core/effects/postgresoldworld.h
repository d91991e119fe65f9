// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgressequences.h"
#include "session/postgresconnection.h"

namespace holdpoint {

/// The world as it was before a batch: a snapshot that the companion of the batch's connection exports and keeps.
/// It exports and the batch imports: a transaction that exported could not be prepared.
class PostgresOldWorld
{
public:
    explicit PostgresOldWorld(PostgresConnection& now)
        : m_now(now)
    {
    }
    PostgresOldWorld(const PostgresOldWorld&) = delete;
    PostgresOldWorld& operator=(const PostgresOldWorld&) = delete;
    ~PostgresOldWorld();

    /// What must happen between now and the snapshot.
    using Beforehand = std::function<Result<void>(PostgresConnection& before)>;
    /// Also reads on the other connection, which is in no transaction, where sequences stand.
    [[nodiscard]] Result<void> open(PostgresSequences& sequences, const Beforehand& beforehand);
    [[nodiscard]] bool isOpen() const { return m_before != nullptr; }
    [[nodiscard]] Result<void> close();

    [[nodiscard]] PostgresConnection& connection() const { return *m_before; }
    [[nodiscard]] QByteArray snapshot() const { return part(0); }
    [[nodiscard]] QByteArray firstXid() const { return part(1); }
    [[nodiscard]] QByteArray firstMulti() const { return part(2); }
    /// How the companion prints values: parameters for printAs().
    [[nodiscard]] const Row& printing() const { return m_printing.rows.constFirst(); }
    /// Makes a transaction print values alike; two more settings travel with it: the statement's time-out is $9.
    [[nodiscard]] static QByteArray printAs();

private:
    [[nodiscard]] Result<void> tryOpen(PostgresSequences& sequences, const Beforehand& beforehand);
    [[nodiscard]] Result<void> exportNow();
    [[nodiscard]] QByteArray part(int column) const;

    PostgresConnection& m_now;
    PostgresConnection* m_before = nullptr; // the companion, in its transaction
    Cancellation::Registration m_cancels;
    Rowset m_snapshot;
    Rowset m_printing;
};

} // namespace holdpoint
