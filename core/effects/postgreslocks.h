// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestouched.h"

#include <QElapsedTimer>

#include <optional>

namespace holdpoint {

/// The locks of the transaction that `now` has open, and who waits for it or for `before`; asked on `before`, so that
/// a transaction that failed can be asked about too. If the transaction of `before` failed, it is ended. The times are
/// left at 0.
[[nodiscard]] Result<HeldLocks> readLocks(const PostgresConnection& now, PostgresConnection& before);

/// Spares reading the locks where they are known and nobody waits for anything, as is mostly so.
class PostgresLockWatch
{
public:
    void know(const PostgresTouched::Found& found);
    /// None: they must be read. What was asked a moment ago is not asked again.
    [[nodiscard]] std::optional<HeldLocks> locks(PostgresConnection& before);

private:
    void ask(PostgresConnection& before);

    std::optional<QList<HeldLock>> m_held;
    std::optional<bool> m_someoneWaits;
    QElapsedTimer m_sinceKnown;
};

} // namespace holdpoint
