// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/sqliteobserver.h"

namespace holdpoint {

/// The names under which a table was dropped and another one made.
[[nodiscard]] QList<TableName> replacedTables(const SqliteLineage& lineage,
                                              const std::vector<std::unique_ptr<SqliteTouched>>& tables);

/// The effects of two such tables become those of one, if both have the same columns and key: rows of the same key are
/// one update, equal rows no change. Without a key, equal rows cancel each other out.
void mergeReplaced(const QList<TableName>& replaced, QList<TableEffects>& tables);

} // namespace holdpoint
