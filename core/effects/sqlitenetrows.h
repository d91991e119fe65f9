// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"
#include "effects/sqlitelineage.h"
#include "effects/sqlitetouched.h"

#include <unordered_map>

namespace holdpoint {

/// Compares the first image of each touched row of one table with the row that stands there now.
/// A row that moved to another rowid or key is one update. Rows that were deleted and inserted again under
/// the same primary key are one update, equal ones none; without a key, equal rows cancel each other out.
class SqliteNetRows
{
public:
    SqliteNetRows(sqlite3* handle, const SqliteTouched& table, const SqliteDescent& descent, SqliteImages& images);

    /// `all`: the rows are read from the whole table, not by what was touched (a new table, sqlite_sequence).
    [[nodiscard]] Result<TableEffects> read(bool all);
    /// What is lost with a column that was dropped; rows that only moved to another rowid, which no column tells; NULLs
    /// that cannot be put back.
    [[nodiscard]] QList<Caution> cautions() const;

private:
    static constexpr int nothing = -1;
    struct Pair // of touches, or a row that was never touched
    {
        int before = nothing;
        int after = nothing;
        SqliteImages::Place now = SqliteImages::nowhere;
    };

    [[nodiscard]] Result<void> readTouched();
    [[nodiscard]] Result<void> readRange(qint64 first, qint64 last);
    [[nodiscard]] Result<void> readAll();
    [[nodiscard]] Result<void> check(const SqliteReading& reading);
    void pairMoved();
    void pairCollated();
    void pairByKey();
    void pair(size_t inserted, size_t deleted);
    [[nodiscard]] bool isInsert(const Pair& pair) const;
    [[nodiscard]] bool isDelete(const Pair& pair) const;
    [[nodiscard]] QByteArray keyBefore(const Pair& pair) const;
    [[nodiscard]] QByteArray keyNow(const Pair& pair) const;
    [[nodiscard]] bool isSameReshaped(const Pair& pair) const;
    void followColumns();
    void countLost();
    void countMoved();
    void countForbidden(const TableEffects& effects);
    void countNotUnicode(const TableEffects& effects);
    void sortByPlace();
    [[nodiscard]] TableEffects effects() const;
    [[nodiscard]] RowChange changeOf(const Pair& pair) const;
    void setRowids(RowChange& change, const Pair& pair) const;
    [[nodiscard]] PackedRow before(const Pair& pair, std::string& mapped) const;
    [[nodiscard]] PackedRow after(const Pair& pair, std::string& mapped) const;

    sqlite3* m_handle;
    const SqliteTouched& m_table;
    const SqliteDescent& m_descent;
    SqliteImages& m_images;
    SqliteShape m_now;
    bool m_reshaped;
    QList<int> m_origins; // of today's columns among those of the first images; -1: it was added
    QList<int> m_lost; // columns of the first images that are gone, which the effects have behind today's
    SpillVector<SqliteImages::Place> m_finals; // by touch
    std::unordered_map<int, int> m_collated; // touches, and the one whose key the collation takes for the same
    SpillVector<Pair> m_pairs;
    qint64 m_lostValues = 0;
    qint64 m_movedRows = 0;
    qint64 m_forbiddenNulls = 0; // rows
    qint64 m_notUnicode = 0; // rows
};

} // namespace holdpoint
