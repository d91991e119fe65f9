// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteconnection.h"

#include <QJsonValue>
#include <QtEndian>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

const auto counterKey = u"change_counter"_s;

// The file's change counter, which every COMMIT increments in the rollback journal modes. It is read through
// SQLite's own file: opening the file a second time and closing it would drop SQLite's locks on it.
std::optional<quint32> changeCounter(sqlite3* handle)
{
    constexpr int offset = 24; // in the database header
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file || !file->pMethods)
        return {};
    char bytes[4];
    if (file->pMethods->xRead(file, bytes, sizeof bytes, offset) != SQLITE_OK)
        return {};
    return qFromBigEndian<quint32>(bytes);
}

} // namespace

Result<bool> SqliteConnection::hasRollbackJournal()
{
    const auto mode = query({ "PRAGMA journal_mode"_ba, {} });
    if (!mode)
        return mode.error();
    const QString name = mode->rows.value(0).value(0).display();
    return name == "delete"_L1 || name == "truncate"_L1 || name == "persist"_L1;
}

Result<QJsonObject> SqliteConnection::commitEvidence()
{
    const auto journal = hasRollbackJournal();
    if (!journal)
        return journal.error();
    const auto counter = *journal ? changeCounter(m_handle) : std::nullopt;
    return counter ? QJsonObject { { counterKey, qint64(*counter) } } : QJsonObject();
}

// An unchanged counter proves that nothing was committed since; a changed one may be another program's.
Result<std::optional<CommitEnd>> SqliteConnection::settle(const QJsonObject& evidence)
{
    std::optional<CommitEnd> end;
    const auto read = query({ "SELECT count(*) FROM sqlite_schema"_ba, {} }); // rolls back what a crash left
    if (!read)
        return read.error();
    const auto journal = hasRollbackJournal();
    if (!journal)
        return journal.error();
    const auto counter = changeCounter(m_handle);
    if (*journal && counter && evidence.value(counterKey) == QJsonValue(qint64(*counter)))
        end = CommitEnd::RolledBack;
    return end;
}

} // namespace holdpoint
