// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

struct sqlite3_stmt;
struct sqlite3_value;

namespace holdpoint {

/// SQLite text as a Value: Text, or RawText if it is not UTF-8 or holds a NUL.
[[nodiscard]] Value sqliteText(QByteArrayView bytes);
/// A value as SQLite stores it, by storage class.
[[nodiscard]] Value sqliteValue(sqlite3_value* value);
/// A column of the statement's current row.
[[nodiscard]] Value sqliteColumn(sqlite3_stmt* statement, int column);
[[nodiscard]] Row sqliteRow(sqlite3_stmt* statement);

/// Binds by kind, a boolean as 0 or 1; `position` counts from 1. The bytes are copied, so `value` need not
/// live on. Returns SQLite's result code.
[[nodiscard]] int bindSqliteValue(sqlite3_stmt* statement, int position, const Value& value);
/// The same without a copy: `value` and `utf8`, which takes a text's bytes, must live until the statement is reset.
[[nodiscard]] int bindSqliteValueInPlace(sqlite3_stmt* statement, int position, const Value& value, std::string& utf8);

} // namespace holdpoint
