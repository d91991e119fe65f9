// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "journal/run.h"
#include "schema/table.h"

namespace holdpoint {

/// The window's words for the core's enumerations, in one place: capitalized, ready to be shown.
[[nodiscard]] QString outcomeWord(Outcome outcome); ///< "Rolled back"
[[nodiscard]] QString runKindWord(RunKind kind); ///< "Apply"
[[nodiscard]] QString causeWord(const QString& cause); ///< "drift" -> "the effects were not the previewed ones"
[[nodiscard]] QString changeWord(ChangeKind change); ///< "Update"
[[nodiscard]] QString originWord(Origin origin); ///< "direct"
[[nodiscard]] QString commandStatusWord(CommandStatus status); ///< "skipped"
[[nodiscard]] QString tableKindWord(TableKind kind); ///< "materialized view"
[[nodiscard]] QString environmentWord(Environment environment); ///< "Production"
[[nodiscard]] QString engineWord(EngineKind engine); ///< "PostgreSQL"

/// One of the two texts by the number, which is put in the place of %1.
[[nodiscard]] QString countWord(qint64 count, const QString& one, const QString& many);

/// "orders" or "public.orders": the schema is left out where it is the engine's usual one.
[[nodiscard]] QString tableWord(const TableName& name);

/// How many rows a run inserts, updates and deletes.
struct ChangeCounts
{
    qint64 inserted = 0;
    qint64 updated = 0;
    qint64 deleted = 0;
    [[nodiscard]] bool isEmpty() const { return inserted == 0 && updated == 0 && deleted == 0; }
    friend bool operator==(const ChangeCounts&, const ChangeCounts&) = default;
};
[[nodiscard]] ChangeCounts countChanges(const QList<TargetEffects>& effects);
[[nodiscard]] ChangeCounts countChanges(const TargetEffects& effects);
/// "+1 ~2 −3", without the zeros; "no row changes" if all are zero.
[[nodiscard]] QString countsWord(const ChangeCounts& counts);
/// "shop: +1 ~2, billing: ~1"
[[nodiscard]] QString effectsWord(const QList<TargetEffects>& effects);
/// Whether any target's effects could not be seen whole.
[[nodiscard]] bool isComplete(const QList<TargetEffects>& effects);
/// "command 3 of billing", "billing", or nothing when the failure names neither.
[[nodiscard]] QString failurePlace(const Failure& failure);

} // namespace holdpoint
