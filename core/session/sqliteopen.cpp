// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteclock.h"
#include "session/sqliteconnection.h"
#include "session/sqliteerror.h"

#include <QFileInfo>
#include <QSqlDriver>
#include <QSqlError>
#include <QUrl>

#include <atomic>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Error unreachable(const QString& path, const QString& why, const QString& hint, int nativeCode = 0)
{
    Error error = makeError(ErrorKind::Unreachable, u"cannot open the SQLite file %1: %2"_s.arg(path, why), {}, hint);
    error.nativeCode = nativeCode;
    return error;
}

Result<void> checkFile(const QString& path, const ConnectionOptions& options)
{
    const QFileInfo file(path);
    if (file.isDir())
        return unreachable(path, u"it is a folder"_s, u"Give the path of a database file."_s);
    if (file.exists() && !file.isFile())
        return unreachable(path, u"it is not a regular file"_s, u"Give the path of a database file."_s);
    if (!file.exists() && !options.create)
        return unreachable(path, u"there is no such file"_s, u"Check the path; the file is not created."_s);
    return {};
}

// The access mode in the URI keeps SQLite from creating a file that vanished since it was looked for.
QString fileUri(const QString& path, const ConnectionOptions& options)
{
    const auto mode = options.readOnly ? "ro"_L1 : options.create ? "rwc"_L1 : "rw"_L1;
    const QString uri = u"file:%1?mode=%2"_s.arg(QString::fromLatin1(QUrl::toPercentEncoding(path, "/")), mode);
    return options.laterClock ? uri + "&vfs="_L1 + sqliteLaterClock() : uri;
}

QString unreadableHint(int primary)
{
    switch (primary) {
    case SQLITE_NOTADB: return u"The file is not a SQLite database, or it is encrypted."_s;
    case SQLITE_CORRUPT: return u"The file is damaged or cut short; restore it from a backup."_s;
    case SQLITE_CANTOPEN: return u"Check the permissions of the file and of the folder that holds it."_s;
    default: return {};
    }
}

QSqlDatabase newDatabase(const QString& path, const ConnectionOptions& options)
{
    static std::atomic<quint64> opened = 0;
    const QString name = u"holdpoint-sqlite-%1"_s.arg(++opened);
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
    database.setDatabaseName(fileUri(path, options));
    database.setConnectOptions(options.readOnly ? u"QSQLITE_OPEN_URI;QSQLITE_OPEN_READONLY"_s : u"QSQLITE_OPEN_URI"_s);
    return database;
}

sqlite3* handleOf(const QSqlDatabase& database)
{
    const QVariant handle = database.driver()->handle();
    return handle.isValid() && qstrcmp(handle.typeName(), "sqlite3*") == 0
        ? *static_cast<sqlite3* const*>(handle.data())
        : nullptr;
}

// Reads the schema, which finds a file that is no database or is cut short. A lock is no reason to fail
// here: the first transaction waits for it.
Result<void> checkContent(sqlite3* handle, const QString& path)
{
    sqlite3_busy_timeout(handle, 0);
    const int code = sqlite3_exec(handle, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
    const int primary = code & 0xff;
    if (code == SQLITE_OK || primary == SQLITE_BUSY || primary == SQLITE_LOCKED
        || isOthersJournal(sqlite3_extended_errcode(handle)))
        return {};
    return unreachable(path, QString::fromUtf8(sqlite3_errmsg(handle)), unreadableHint(primary),
                       sqlite3_extended_errcode(handle));
}

Result<void> assertState(sqlite3* handle, const QString& path, const ConnectionOptions& options)
{
    if (!options.readOnly && sqlite3_db_readonly(handle, "main") == 1)
        return unreachable(path, u"this user may not write it"_s,
                           u"Change its permissions, or mark the target as read-only."_s, SQLITE_READONLY);
    if (auto content = checkContent(handle, path); !content)
        return content;
    const bool triggers = !options.suppressTriggers;
    // What is put back may be older than a check that it fails.
    const char* rules
        = triggers ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON";
    if (sqlite3_exec(handle, rules, nullptr, nullptr, nullptr) != SQLITE_OK
        || sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, triggers ? 1 : 0, nullptr) != SQLITE_OK)
        return unreachable(path, QString::fromUtf8(sqlite3_errmsg(handle)), {}, sqlite3_extended_errcode(handle));
    return {};
}

Result<sqlite3*> openDatabase(QSqlDatabase& database, const QString& path, const ConnectionOptions& options)
{
    if (!database.open()) {
        const int code = database.lastError().nativeErrorCode().toInt();
        return unreachable(path, database.lastError().databaseText(), unreadableHint(code & 0xff), code);
    }
    sqlite3* handle = handleOf(database);
    if (!handle)
        return unreachable(path, u"the Qt driver QSQLITE has no SQLite handle"_s,
                           u"Install Qt's own QSQLITE driver."_s);
    if (const auto asserted = assertState(handle, path, options); !asserted)
        return asserted.error();
    return handle;
}

} // namespace

Result<std::unique_ptr<Connection>> openSqlite(const Target& target, const ConnectionOptions& options)
{
    ConnectionOptions effective = options;
    effective.readOnly = options.readOnly || target.readOnly;
    const QString path = QFileInfo(target.address).absoluteFilePath();
    if (const auto file = checkFile(path, effective); !file)
        return file.error();
    QSqlDatabase database = newDatabase(path, effective);
    const auto opened = openDatabase(database, path, effective);
    if (!opened) {
        const QString name = database.connectionName();
        database.close();
        database = QSqlDatabase();
        QSqlDatabase::removeDatabase(name);
        return opened.error();
    }
    return std::unique_ptr<Connection>(std::make_unique<SqliteConnection>(target, effective, database, *opened));
}

} // namespace holdpoint
