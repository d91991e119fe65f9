// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

struct sqlite3;

namespace holdpoint {

/// The handle's last error as an Error: extended code, message, position, the constraint and columns that
/// the message names. A lock is ErrorKind::Timeout, all else ErrorKind::Statement.
[[nodiscard]] Error sqliteError(sqlite3* handle, const QByteArray& statement);
/// The same from a code and a message, without a position.
[[nodiscard]] Error sqliteError(int extendedCode, const QString& message);

/// Positions are in characters from 1, SQLite's offsets in bytes from 0.
[[nodiscard]] int sqlitePosition(QByteArrayView text, qsizetype offset);

/// A session that may not write met another's journal: one that is about to end, or one of a crash that it may not
/// roll back. Nothing ran, and a moment later it is known which.
[[nodiscard]] bool isOthersJournal(int extendedCode);

} // namespace holdpoint
