// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/sqliteshape.h"

#include <optional>

namespace holdpoint {

/// Follows which rowid SQLite would give to the next row of one table, whose primary key is the rowid. A row that is
/// inserted with just that rowid may have got it from SQLite. Used within the pre-update hook.
class SqliteNextRowid
{
public:
    SqliteNextRowid(sqlite3* handle, const SqliteTableId& table, const SqliteShape& shape);

    /// A row is about to be inserted; true if its rowid is the next one, and is the primary key.
    [[nodiscard]] bool inserts(qint64 rowid);
    void removes(qint64 rowid);
    void moves(qint64 from, qint64 to);
    /// Something was taken back: it is read again.
    void forget() { m_last.reset(); }

private:
    void readLast();

    sqlite3* m_handle;
    SqliteTableId m_table;
    QByteArray m_rowid;
    bool m_isKey = false; // the primary key is the rowid
    bool m_neverAgain = false; // AUTOINCREMENT: a rowid of a deleted row is not given again
    std::optional<qint64> m_last; // the greatest rowid so far
};

} // namespace holdpoint
