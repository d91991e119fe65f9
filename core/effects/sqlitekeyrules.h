// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArrayList>

struct sqlite3;

namespace holdpoint {

struct SqliteForeignKey
{
    QByteArray database;
    QByteArray child;
    QByteArray parent;
    QByteArrayList columns;
    QByteArrayList referenced;
};

/// Those of one database. A key to a table that is not there, or to no columns of it, is nobody's to keep.
[[nodiscard]] Result<QList<SqliteForeignKey>> foreignKeysOf(sqlite3* handle, const QByteArray& database);

/// Whether its columns take the same values as equal as those that they refer to, so that either may look for the
/// other's.
[[nodiscard]] bool comparesAlike(sqlite3* handle, const SqliteForeignKey& key);

/// The same, and no collation takes different texts as equal.
[[nodiscard]] bool comparesBytes(sqlite3* handle, const SqliteForeignKey& key);

/// Whether an index of the referring table begins with the key's first column.
[[nodiscard]] Result<bool> hasLeadingIndex(sqlite3* handle, const SqliteForeignKey& key);

/// Whether an index of the referring table finds the rows of a value of such a key whose bytes are compared, and reads
/// no others.
[[nodiscard]] Result<bool> hasWholeIndex(sqlite3* handle, const SqliteForeignKey& key);

} // namespace holdpoint
