// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/value.h"

#include <functional>

namespace holdpoint {

/// One record of a CSV file: an empty unquoted field is NULL, every other one text.
struct CsvRecord
{
    qint64 line = 0; ///< on which it begins, from 1; line breaks inside quotes count
    Row fields;
};

/// Reads a CSV file (RFC 4180, UTF-8 with or without a byte order mark, LF or CRLF) record by record and keeps
/// none. The callback says whether to go on. An empty line is one NULL where the first record has one field, else
/// an error, but for empty lines at the end. Error: File or Usage, "line 17 of products.csv: what".
[[nodiscard]] Result<void> readCsv(const QString& path, const QString& shownName,
                                   const std::function<Result<bool>(const CsvRecord&)>& record);

/// "line 17 of products.csv".
[[nodiscard]] QString csvPlace(const QString& shownName, qint64 line);

} // namespace holdpoint
