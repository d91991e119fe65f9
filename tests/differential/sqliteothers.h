// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/otherstally.h"
#include "support/othersessions.h"

#include <array>
#include <memory>

namespace holdpoint {

/// Other sessions in the file of a batch, none of which may be told as drift or stop it. What they commit leaves every
/// table's content and rowids as they are: they write rows again with equal values, replace them by themselves, build
/// indexes anew, move the WAL into the file. What changes rows or the schema they roll back. Triggers and foreign keys
/// do not run for them.
class SqliteOthers
{
public:
    SqliteOthers(const QString& path, quint32 seed, OthersTally& tally);
    ~SqliteOthers(); ///< they have stopped, and what they did is in the tally
    Q_DISABLE_COPY_MOVE(SqliteOthers)

private:
    OthersTally& m_tally;
    std::array<OthersTally, OtherSessions::count> m_each;
    std::unique_ptr<OtherSessions> m_sessions;
};

} // namespace holdpoint
