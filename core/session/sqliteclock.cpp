// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteclock.h"

#include <sqlite3.h>

namespace holdpoint {

namespace {

constexpr sqlite3_int64 aheadMilliseconds = 1000;
constexpr double millisecondsADay = 86'400'000;
constexpr const char* laterName = "holdpoint-later";

sqlite3_vfs* original = nullptr;

int laterTime64(sqlite3_vfs*, sqlite3_int64* time)
{
    const int code = original->xCurrentTimeInt64(original, time);
    *time += aheadMilliseconds;
    return code;
}

int laterTime(sqlite3_vfs*, double* day)
{
    const int code = original->xCurrentTime(original, day);
    *day += static_cast<double>(aheadMilliseconds) / millisecondsADay;
    return code;
}

// The default VFS finds what it needs in its own pAppData, which the copy keeps.
bool registerLater()
{
    original = sqlite3_vfs_find(nullptr);
    constexpr int withTime64 = 2;
    if (!original || original->iVersion < withTime64 || !original->xCurrentTimeInt64)
        return false;
    static sqlite3_vfs later = *original;
    later.pNext = nullptr;
    later.zName = laterName;
    later.xCurrentTime = laterTime;
    later.xCurrentTimeInt64 = laterTime64;
    return sqlite3_vfs_register(&later, 0) == SQLITE_OK;
}

} // namespace

QString sqliteLaterClock()
{
    static const bool registered = registerLater();
    return QString::fromLatin1(registered ? laterName : sqlite3_vfs_find(nullptr)->zName);
}

} // namespace holdpoint
