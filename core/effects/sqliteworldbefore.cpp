// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteworldbefore.h"

#include <sqlite3.h>

namespace holdpoint {

Result<std::unique_ptr<SqliteConnection>> openWorldBefore(SqliteConnection& connection)
{
    auto sibling = connection.openSibling();
    if (!sibling)
        return sibling.error();
    std::unique_ptr<SqliteConnection> before(static_cast<SqliteConnection*>(std::move(sibling).value().release()));
    sqlite3_busy_timeout(before->handle(), 0);
    return before;
}

bool isLocked(const Error& error)
{
    constexpr int primaryCode = 0xff;
    return (error.nativeCode & primaryCode) == SQLITE_BUSY;
}

} // namespace holdpoint
