// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"
#include "session/postgresanswer.h"

#include <algorithm>
#include <vector>

namespace holdpoint {

/// Values of this type (pg_type's oid) read the same whatever a session has set.
[[nodiscard]] bool printsAlike(quint32 type);

/// Rows as the server sent them, as text in one piece of memory: much smaller than decoded, and most of it may never be
/// needed.
class PostgresCells
{
public:
    /// The columns from `firstColumn` on. False: it has other columns than the answers before, and nothing was added.
    [[nodiscard]] bool add(const PostgresAnswer& answer, int firstColumn);
    void clear() { *this = PostgresCells(); }

    [[nodiscard]] qsizetype rows() const { return m_width == 0 ? 0 : static_cast<qsizetype>(m_cells.size() / m_width); }
    [[nodiscard]] int columns() const { return static_cast<int>(m_width); }
    [[nodiscard]] quint32 type(int column) const { return m_types.at(column); }
    [[nodiscard]] bool isNull(qsizetype row, int column) const { return cell(row, column).size < 0; }
    /// Empty for NULL.
    [[nodiscard]] QByteArrayView text(qsizetype row, int column) const;
    [[nodiscard]] Row row(qsizetype row) const;
    [[nodiscard]] bool allPrintAlike() const { return std::ranges::all_of(m_types, printsAlike); }

private:
    struct Cell
    {
        qsizetype start = 0;
        int size = -1; // of NULL
    };
    [[nodiscard]] const Cell& cell(qsizetype row, int column) const
    {
        return m_cells[static_cast<size_t>(row) * m_width + static_cast<size_t>(column)];
    }

    size_t m_width = 0;
    QList<quint32> m_types;
    QByteArray m_bytes;
    std::vector<Cell> m_cells;
};

} // namespace holdpoint
