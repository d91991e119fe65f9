// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/postgresdump.h"
#include "journal/run.h"

namespace holdpoint::differential {

/// One row of a run's effects, as a dump would have it; no text for an end that it does not have.
struct EffectRow
{
    std::optional<DumpRow> before;
    std::optional<DumpRow> after;
    QStringList volatileColumns;
};

[[nodiscard]] QList<EffectRow> effectRows(const Run& run);

/// What is wrong with the effects by themselves: counts, incomplete tables, rows that did not change, one row as two.
[[nodiscard]] QStringList faultsOf(const Run& run);

/// Empty if the effects lead exactly from the one dump to the other, else what is missing or too much.
[[nodiscard]] QStringList differences(const Dump& before, const QList<EffectRow>& effects, const Dump& after);

/// Empty if both hold the same rows, but for cells that the effects mark as volatile. `exact`: without such either.
[[nodiscard]] QStringList differences(const Dump& product, const QList<EffectRow>& effects, const Dump& copy,
                                      bool& exact);

} // namespace holdpoint::differential
