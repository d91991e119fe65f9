// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QString>

#include <optional>

namespace holdpoint {

/// What the sqlite3 shell did with statements in one transaction.
struct SqliteShellRun
{
    bool committed = false;
    std::optional<int> failed; ///< which statement; none: COMMIT itself, or none at all
    QByteArray error;
};

/// Runs the statements by the sqlite3 shell, foreign keys on, in one transaction, up to the first error.
/// Each may be several statements of SQL.
[[nodiscard]] SqliteShellRun runSqliteShell(const QString& path, const QByteArrayList& statements);

} // namespace holdpoint
