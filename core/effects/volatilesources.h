// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"
#include "effects/effects.h"
#include "schema/schemareader.h"

namespace holdpoint {

/// Whether another run of the same batch could give other values.
enum class Volatility {
    None, ///< nothing volatile is at work
    Possible, ///< something is, or it cannot be told
    Chance, ///< and it may draw by lot from a few values, so that two runs may agree by accident
};

/// Notes what one transaction runs, and tells from facts whether anything volatile can be at work: the functions that
/// its statements call, by the engine's own parser or compiler, columns' defaults, triggers, views, rules. What
/// cannot be told counts as volatile. Lives in the connection's thread.
class VolatileSources
{
public:
    virtual ~VolatileSources() = default;

    /// Before one of our own statements runs that writes `table`; null if it is not known what it writes.
    virtual void writes(const Statement& statement, const Table* table) = 0;
    /// Before the operator's statement runs.
    virtual void runs(const Statement& statement, const StatementInfo& info) = 0;
    /// After all of them, in the same transaction; `effects` is what they changed.
    [[nodiscard]] virtual Result<Volatility> found(const TargetEffects& effects) = 0;

    [[nodiscard]] static std::unique_ptr<VolatileSources> forConnection(Connection& connection);
};

} // namespace holdpoint
