// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace holdpoint {

struct HeldLock
{
    QString object; ///< "public.orders"
    QString mode; ///< PostgreSQL's name without "Lock": "RowExclusive"; of a SQLite file "write"
    friend bool operator==(const HeldLock&, const HeldLock&) = default;
};

/// Another session that could not go on because of the run.
struct WaitingSession
{
    qint64 pid = 0;
    QString user;
    QString application;
    QString waitsFor; ///< "RowExclusive on public.orders", "a row of public.orders"
    std::optional<qint64> milliseconds; ///< so far; PostgreSQL 14 and later tell it
    friend bool operator==(const WaitingSession&, const WaitingSession&) = default;
};

/// What a transaction kept others from doing on its target, read just before it ended.
struct HeldLocks
{
    double openMilliseconds = 0; ///< from its beginning to its end
    double heldMilliseconds = 0; ///< from the first command to its end; SQLite: as long as it was open
    QList<HeldLock> held; ///< the strongest on each object, the strongest first; plain reading is left out
    std::optional<QList<WaitingSession>> waiting; ///< none: who waits cannot be known
    QString unknown; ///< why `held` and `waiting` could not be read; empty: they were
    friend bool operator==(const HeldLocks&, const HeldLocks&) = default;
};

/// "held 12 ms; locks: public.orders RowExclusive; 2 sessions waited"
[[nodiscard]] QString locksText(const HeldLocks& locks);
/// "pid 4711, app, psql: waited 800 ms for a row of public.orders"
[[nodiscard]] QString waitingText(const WaitingSession& session);
/// The same batch ran a second time: the longer times, and everyone who waited.
void addSecondRun(HeldLocks& locks, const HeldLocks& second);

} // namespace holdpoint
