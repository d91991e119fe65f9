// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/sqlitescratch.h"

#include <sqlite3.h>

namespace holdpoint {

namespace {

bool isSchemaTable(const char* table)
{
    return qstrcmp(table, "sqlite_master") == 0 || qstrcmp(table, "sqlite_temp_master") == 0;
}

} // namespace

void SqliteStatementDeleter::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

SqliteScratch::SqliteScratch()
{
    if (sqlite3_open_v2(":memory:", &m_handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr)
        != SQLITE_OK)
        qFatal("SQLite cannot open a database in memory: %s", sqlite3_errmsg(m_handle));
    sqlite3_set_authorizer(m_handle, &SqliteScratch::authorize, this);
}

SqliteScratch::~SqliteScratch()
{
    sqlite3_close_v2(m_handle); // a verdict may still hold a statement of it
}

int SqliteScratch::authorize(void* self, int action, const char* first, const char* second, const char* database,
                             const char* within)
{
    using Rows = SqliteVerdict::Rows;
    SqliteVerdict* verdict = static_cast<SqliteScratch*>(self)->m_verdict;
    if (!verdict)
        return SQLITE_OK;
    verdict->anyAction = true;
    const Rows rows = action == SQLITE_INSERT ? Rows::Inserted
        : action == SQLITE_UPDATE             ? Rows::Updated
        : action == SQLITE_DELETE             ? Rows::Deleted
                                              : Rows::None;
    // An upsert is told as an insert first, and an insert it is.
    if (rows != Rows::None && verdict->rows == Rows::None && !isSchemaTable(first)) {
        verdict->rows = rows;
        verdict->written = QString::fromUtf8(first);
    }
    return authorizeSqlite(verdict->actions, true, action, first, second, database, within);
}

SqliteVerdict SqliteScratch::compile(const QByteArray& text)
{
    SqliteVerdict verdict;
    m_verdict = &verdict;
    sqlite3_stmt* statement = nullptr;
    const char* tail = text.constData();
    verdict.code = sqlite3_prepare_v3(m_handle, text.constData(), static_cast<int>(text.size()), 0, &statement, &tail);
    m_verdict = nullptr;
    verdict.statement.reset(statement);
    verdict.end = tail ? tail - text.constData() : text.size();
    if (verdict.code != SQLITE_OK) {
        verdict.message = QString::fromUtf8(sqlite3_errmsg(m_handle));
        verdict.offset = sqlite3_error_offset(m_handle);
    }
    return verdict;
}

QList<QByteArray> SqliteScratch::opcodes(const QByteArray& text)
{
    const QByteArray explain = "EXPLAIN " + text;
    sqlite3_stmt* raw = nullptr;
    sqlite3_prepare_v3(m_handle, explain.constData(), static_cast<int>(explain.size()), 0, &raw, nullptr);
    const SqliteStatementPtr statement(raw);
    QList<QByteArray> names;
    while (statement && sqlite3_step(statement.get()) == SQLITE_ROW)
        names.append(reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 1)));
    return names;
}

bool SqliteScratch::run(const QByteArray& text)
{
    return sqlite3_exec(m_handle, text.constData(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

} // namespace holdpoint
