// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "schema/table.h"

namespace holdpoint {

// How commands and their errors are told to people: one line, never SQL to run.

/// A long text's beginning and "…"; line breaks and runs of spaces become one space.
[[nodiscard]] QString shortened(const QString& text, qsizetype longest);
/// 'Ada', 42, NULL, x'00ff'; at most about 60 characters.
[[nodiscard]] QString shownValue(const Value& value);
/// `id = 1, name = 'Ada'`.
[[nodiscard]] QString shownValues(const NamedValues& values);
/// `public.invoices`, or `customers` without a schema.
[[nodiscard]] QString nameOf(const TableName& table);
[[nodiscard]] QString nameOf(const Table& table);

/// describe() promises about this many characters.
constexpr qsizetype longestDescription = 200;

} // namespace holdpoint
