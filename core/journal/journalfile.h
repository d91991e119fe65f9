// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"

namespace holdpoint {

/// The journal's file: that there is one, that it is a journal of a version this program knows, and its tables.
/// docs/journal.md describes the format.

constexpr int journalVersion = 2; ///< PRAGMA user_version
constexpr int journalApplicationId = 0x486c6470; ///< PRAGMA application_id: "Hldp"

/// Makes the folder (0700) and an empty file (0600) where there is none.
[[nodiscard]] Result<void> makeJournalFile(const QString& path);
/// Makes the tables of a new journal. A file that is no journal, or of another format, is an error and is left as it
/// is.
[[nodiscard]] Result<void> prepareJournal(Connection& connection, const QString& path);

/// An error of the journal's database in the operator's words: which file, and what can be done.
[[nodiscard]] Error journalError(const QString& path, const Error& error);

/// Runs `work` in one transaction; an error of it rolls back.
[[nodiscard]] Result<void> inJournalTransaction(Connection& connection, const std::function<Result<void>()>& work);
/// Runs a statement of which no row is wanted.
[[nodiscard]] Result<void> writeJournal(Connection& connection, const QByteArray& text, const QList<Value>& parameters);

} // namespace holdpoint
