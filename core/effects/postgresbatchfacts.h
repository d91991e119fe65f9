// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"
#include "effects/postgrestouched.h"

namespace holdpoint {

/// What follows from the texts of a batch, and of the functions behind it, for what may be believed of it.
class PostgresBatchFacts
{
public:
    void note(const Statement& statement, const StatementInfo& info);
    /// Whether all its changes are in the server's counters. `found` is what it touched.
    [[nodiscard]] Result<bool> isCounted(Connection& now, const PostgresTouched::Found& found) const;
    /// Whether it may tell in which snapshot it runs, so that another run in the same one would tell the same.
    [[nodiscard]] Result<bool> mayTellSnapshot(Connection& any) const;

private:
    bool m_mayNotCount = false; // a statement names the setting
    bool m_tellsSnapshot = false; // likewise
    bool m_runsFunctions = false; // a statement itself does
};

} // namespace holdpoint
