// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/run.h"

namespace holdpoint {

/// What the undo of these effects must do, neither more nor less: what the engine counts for itself left out.
[[nodiscard]] QList<TargetEffects> invertedEffects(const QList<TargetEffects>& effects);

/// Fails a previewed undo that does not leave exactly what was there (a trigger that ran again, say), with the rows
/// that differ as its drift; with `accept` they are kept there and the preview stays ready. How rows are paired does
/// not count, only what is taken out of a table and what is put in.
void checkUndo(const QList<TargetEffects>& undone, bool accept, Run& preview);

/// By target: the references to nothing that the run took away, of which its undo may leave what it brings back.
[[nodiscard]] QHash<QString, QStringList> dangledBefore(const QList<TargetEffects>& undone);

/// Says in the undo's own cautions, "not-undone", what the undone run did beyond rows, which stays as it is.
void cautionOfWhatStays(const QList<TargetEffects>& undone, Run& preview);

} // namespace holdpoint
