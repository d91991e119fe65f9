// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteerror.h"

#include <QList>

#include <algorithm>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void readColumns(Error& error, QStringView columns)
{
    const auto first = columns.split(u", "_s);
    const auto parts = first.value(0).split(u'.');
    if (parts.size() != 2)
        return;
    error.table = parts.at(0).toString();
    if (first.size() == 1)
        error.column = parts.at(1).toString();
    else
        error.constraint = columns.toString();
}

// "UNIQUE constraint failed: t.a, t.b", "UNIQUE constraint failed: index 'i'", "CHECK constraint failed: c"
void readConstraint(Error& error)
{
    const auto mark = " constraint failed: "_L1;
    const qsizetype at = error.message.indexOf(mark);
    if (at < 0)
        return;
    const QStringView what = QStringView(error.message).sliced(at + mark.size());
    if (error.message.startsWith("CHECK"_L1))
        error.constraint = what.toString();
    else if (what.startsWith("index '"_L1) && what.endsWith(u'\''))
        error.constraint = what.sliced(7).chopped(1).toString();
    else
        readColumns(error, what);
}

QString hintFor(int extendedCode)
{
    if (isOthersJournal(extendedCode))
        return u"Beside the file lies the journal of a transaction that did not end: its program crashed, or is at "
               u"work."
               " Opened by a session that may write, the file is as it was before it."_s;
    switch (extendedCode & 0xff) {
    case SQLITE_BUSY:
        return u"Another program holds a lock on the file; try again when it has finished, or raise the lock time-out."_s;
    case SQLITE_LOCKED:
        return u"Another statement of this program holds a lock on the table; try again when it has finished."_s;
    case SQLITE_FULL: return u"The disk, or the page limit of the file, is full; make room and try again."_s;
    case SQLITE_READONLY:
        return u"The file, or the folder that must hold its journal, cannot be written by this user."_s;
    case SQLITE_CORRUPT: return u"The file is damaged; check it with PRAGMA integrity_check and restore a backup."_s;
    default: return {};
    }
}

} // namespace

Error sqliteError(int extendedCode, const QString& message)
{
    const int primary = extendedCode & 0xff;
    const bool locked = primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
    Error error = makeError(locked ? ErrorKind::Timeout : ErrorKind::Statement, message, {}, hintFor(extendedCode));
    error.nativeCode = extendedCode;
    if (primary == SQLITE_CONSTRAINT)
        readConstraint(error);
    return error;
}

Error sqliteError(sqlite3* handle, const QByteArray& statement)
{
    Error error = sqliteError(sqlite3_extended_errcode(handle), QString::fromUtf8(sqlite3_errmsg(handle)));
    const int offset = sqlite3_error_offset(handle);
    if (offset >= 0 && offset <= statement.size())
        error.position = sqlitePosition(statement, offset);
    error.statement = QString::fromUtf8(statement);
    return error;
}

int sqlitePosition(QByteArrayView text, qsizetype offset)
{
    const auto isCharacter = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
    return static_cast<int>(std::ranges::count_if(text.first(offset), isCharacter)) + 1;
}

bool isOthersJournal(int extendedCode)
{
    return extendedCode == SQLITE_READONLY_ROLLBACK || extendedCode == SQLITE_READONLY_RECOVERY
        || extendedCode == SQLITE_READONLY_CANTINIT;
}

} // namespace holdpoint
