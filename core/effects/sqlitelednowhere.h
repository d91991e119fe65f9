// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "session/sqliteconnection.h"

namespace holdpoint {

/// References that led nowhere until these effects brought the row: an undo takes it away again. The texts of cautions,
/// one a value. They are looked for where that reads no large table: by an index of the referring one, or if it has few
/// rows.
[[nodiscard]] Result<QStringList> ledNowhere(SqliteConnection& connection, const TargetEffects& effects);

} // namespace holdpoint
