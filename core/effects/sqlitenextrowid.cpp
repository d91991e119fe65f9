// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitenextrowid.h"

#include "effects/sqlitereading.h"

#include <algorithm>
#include <limits>
#include <sqlite3.h>

namespace holdpoint {

SqliteNextRowid::SqliteNextRowid(sqlite3* handle, const SqliteTableId& table, const SqliteShape& shape)
    : m_handle(handle)
    , m_table(table)
    , m_rowid(shape.rowid)
{
    m_isKey = shape.rowidIsColumn && !shape.rowid.isEmpty();
    if (!m_isKey)
        return;
    const QByteArray column = shape.columns.at(shape.key.first()).toUtf8();
    int neverAgain = 0;
    (void)sqlite3_table_column_metadata(handle, table.database.constData(), table.name.constData(), column.constData(),
                                        nullptr, nullptr, nullptr, nullptr, &neverAgain);
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
