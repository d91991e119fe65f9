// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "journal/run.h"

namespace holdpoint {

/// The contract's JSON: holdpoint-preview/1 for previews, holdpoint-run/1 for the others.
struct RunJsonOptions
{
    bool commandsAndEffects = true; ///< false: one line of `log --json`
    qint64 maxRows = -1; ///< rows a table; -1: all
    bool indented = true;
};
[[nodiscard]] QByteArray runToJson(const Run& run, const RunJsonOptions& options = {});

/// Effects as the contract's `targets` array, and back without loss: for the journal.
[[nodiscard]] QByteArray effectsToJson(const QList<TargetEffects>& effects);
[[nodiscard]] Result<QList<TargetEffects>> effectsFromJson(const QByteArray& json);

} // namespace holdpoint
