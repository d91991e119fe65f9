// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace holdpoint::postgres {

/// oid, schema, name, relkind, has rules, has children, may be read whole, estimated rows (-1: unknown).
extern const QByteArray tableColumns;
// Ends of a query that begins with tableColumns.
extern const QByteArray visibleTables; ///< in schemas that the user may enter, sorted
extern const QByteArray tableInSearchPath; ///< $1 name
extern const QByteArray tableInSchema; ///< $1 name, $2 schema

// $1 the table's oid.
/// name, type, default, not null, generated, identity, comparable, position in the primary key
extern const QByteArray columns;
/// name, column, referenced schema, table and column, on delete, on update, deferrable
extern const QByteArray foreignKeys;
/// name, definition, enabled
extern const QByteArray triggers;

/// $1 schema, $2 name. Index, column, by value
extern const QByteArray uniqueKeys;

} // namespace holdpoint::postgres
