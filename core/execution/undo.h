// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// The inverse of a committed run as a batch; reads the schema of its targets. Error: no such run, one that did not
/// commit, or what of it cannot be undone. Never the GUI's thread.
[[nodiscard]] Result<Batch> undoBatch(const PoolSource& pools, Journal& journal, const RunId& run,
                                      const ConnectionOptions& options);

/// What the undo of these effects must do, neither more nor less: rows that the engine keeps for itself left out.
[[nodiscard]] QList<TargetEffects> invertedEffects(const QList<TargetEffects>& effects);

/// Fails a previewed undo whose effects are not exactly the inverse (a trigger that ran again, say), row by row.
void checkUndo(const QList<TargetEffects>& undone, Run& preview);

} // namespace holdpoint
