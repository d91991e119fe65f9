// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresrelation.h"

namespace holdpoint {

/// What the transaction changed in the catalogs: objects whose definition differs between the two worlds.
/// `catalogs`: the catalogs with changed rows, "pg_cast: …"; those whose objects are not described here are told as
/// they are. `counted`: there are no others.
[[nodiscard]] Result<QList<SchemaChange>> schemaChanges(const PostgresWorlds& worlds, const QStringList& catalogs,
                                                        bool counted);

} // namespace holdpoint
