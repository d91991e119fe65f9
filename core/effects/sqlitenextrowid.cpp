// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitenextrowid.h"

#include "effects/sqlitereading.h"

#include <algorithm>
#include <limits>
#include <sqlite3.h>

namespace holdpoint {

namespace {

// INTEGER PRIMARY KEY DESC looks like it, but has an index of its own.
bool hasKeyIndex(sqlite3* handle, const SqliteTableId& table)
{
    SqliteReading indexes(handle,
                          "PRAGMA " + quotedSqlite(table.database) + ".index_list(" + quotedSqlite(table.name) + ')');
    while (indexes.next()) {
        if (indexes.bytes(3) == "pk")
            return true;
    }
    return false;
}

} // namespace

SqliteNextRowid::SqliteNextRowid(sqlite3* handle, const SqliteTableId& table, const SqliteShape& shape)
    : m_handle(handle)
    , m_table(table)
    , m_rowid(shape.rowid)
{
    if (shape.withoutRowid || shape.isVirtualTable || shape.key.size() != 1 || shape.rowid.isEmpty())
        return;
    const QByteArray column = shape.columns.at(shape.key.first()).toUtf8();
    const char* type = nullptr;
    int neverAgain = 0;
    const int found = sqlite3_table_column_metadata(handle, table.database.constData(), table.name.constData(),
                                                    column.constData(), &type, nullptr, nullptr, nullptr, &neverAgain);
    m_isKey = found == SQLITE_OK && type && qstricmp(type, "INTEGER") == 0 && !hasKeyIndex(handle, table);
    m_neverAgain = neverAgain != 0;
}

bool SqliteNextRowid::inserts(qint64 rowid)
{
    if (!m_isKey)
        return false;
    if (!m_last)
        readLast();
    const qint64 last = *m_last;
    m_last = std::max(last, rowid);
    return last != std::numeric_limits<qint64>::max() && rowid == last + 1;
}

void SqliteNextRowid::removes(qint64 rowid)
{
    if (m_isKey && !m_neverAgain && m_last == rowid)
        m_last.reset();
}

void SqliteNextRowid::moves(qint64 from, qint64 to)
{
    if (m_isKey && from != to)
        m_last.reset();
}

void SqliteNextRowid::readLast()
{
    m_last = 0;
    SqliteReading greatest(m_handle, "SELECT max(" + m_rowid + ") FROM " + m_table.quoted());
    if (greatest.next() && !greatest.isNull(0))
        m_last = greatest.integer(0);
    if (!m_neverAgain)
        return;
    const QByteArray name = QByteArray(m_table.name).replace('\'', "''");
    SqliteReading sequence(m_handle,
                           "SELECT max(seq) FROM " + quotedSqlite(m_table.database) + ".sqlite_sequence WHERE name = '"
                               + name + '\'');
    if (sequence.next() && !sequence.isNull(0))
        m_last = std::max(*m_last, sequence.integer(0));
}

} // namespace holdpoint
