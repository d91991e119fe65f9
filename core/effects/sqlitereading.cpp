// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitereading.h"

#include "session/sqliteerror.h"

#include <sqlite3.h>

namespace holdpoint {

void SqliteReading::Deleter::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

SqliteReading::SqliteReading(sqlite3* handle, const QByteArray& text)
    : m_handle(handle)
    , m_text(text)
{
    sqlite3_stmt* statement = nullptr;
    m_code = sqlite3_prepare_v3(handle, text.constData(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                &statement, nullptr);
    m_statement.reset(statement);
}

bool SqliteReading::next()
{
    if (!m_statement)
        return false;
    m_code = sqlite3_step(m_statement.get());
    return m_code == SQLITE_ROW;
}

bool SqliteReading::failed() const
{
    return m_code != SQLITE_OK && m_code != SQLITE_ROW && m_code != SQLITE_DONE;
}

Error SqliteReading::error() const
{
    return sqliteError(m_handle, m_text);
}

void SqliteReading::rewind()
{
    if (!isPrepared())
        return;
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
    m_code = SQLITE_OK;
}

QByteArray SqliteReading::bytes(int column) const
{
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    return QByteArray(text, sqlite3_column_bytes(m_statement.get(), column));
}

qint64 SqliteReading::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

bool SqliteReading::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

QByteArray quotedSqlite(const QByteArray& name)
{
    return '"' + QByteArray(name).replace('"', "\"\"") + '"';
}

} // namespace holdpoint
