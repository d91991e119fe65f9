// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"
#include "effects/postgrestouched.h"

namespace holdpoint {

/// What a batch does beyond rows, which neither a rollback nor an undo takes back, or what no capture can see. The
/// codes are listed in docs/cautions.md.
class PostgresCautions
{
public:
    /// Of each of the operator's statements, before it runs.
    void note(const StatementInfo& info);
    /// After the last one, in its transaction. Sorted by code and text, each once.
    [[nodiscard]] Result<QList<Caution>> find(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                              const TargetEffects& effects);
    /// After the transaction's end: says which advisory locks the session still holds, and gives them back.
    [[nodiscard]] Result<QList<Caution>> releaseLocks(Connection& connection);

private:
    QList<PostgresAct> m_acts;
    bool m_locks = false; ///< the transaction held advisory locks, of which some may be the session's
};

} // namespace holdpoint
