// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"
#include "effects/spillbytes.h"
#include "effects/spillvector.h"
#include "session/postgresanswer.h"

#include <algorithm>

namespace holdpoint {

/// Values of this type (pg_type's oid) read the same whatever a session has set.
[[nodiscard]] bool printsAlike(quint32 type);

/// Rows as the server sent them, as text: much smaller than decoded, and most of it may never be needed. Past a limit
/// they are in a temporary file.
class PostgresCells
{
public:
    /// The columns from `firstColumn` on. False: it has other columns than the answers before, or a row that is too
    /// large; it is of no use any more.
    [[nodiscard]] bool add(const PostgresAnswer& answer, int firstColumn);

    [[nodiscard]] qsizetype rows() const { return static_cast<qsizetype>(m_rows.size()); }
    [[nodiscard]] int columns() const { return static_cast<int>(m_types.size()); }
    [[nodiscard]] quint32 type(int column) const { return m_types.at(column); }
    [[nodiscard]] bool isNull(qsizetype row, int column) const { return (end(row, column) & nullFlag) != 0; }
    /// Empty for NULL. Valid until the next add().
    [[nodiscard]] QByteArrayView text(qsizetype row, int column) const;
    [[nodiscard]] Value value(qsizetype row, int column) const;
    [[nodiscard]] Row row(qsizetype row) const;
    [[nodiscard]] bool allPrintAlike() const { return std::ranges::all_of(m_types, printsAlike); }

    /// The rows up to this one are not read for now. Only a hint.
    void passed(qsizetype row) const;

private:
    static constexpr quint32 nullFlag = 1U << 31;
    [[nodiscard]] const char* record(qsizetype row) const { return m_bytes.at(m_rows[static_cast<size_t>(row)]); }
    [[nodiscard]] quint32 end(qsizetype row, int column) const;
    [[nodiscard]] bool addRow(const PostgresAnswer& answer, int row, int firstColumn);

    QList<quint32> m_types;
    SpillBytes m_bytes; // of each row: where each column's text ends, and the texts
    SpillVector<SpillBytes::Place> m_rows;
    std::string m_record; // of the row that is added
};

} // namespace holdpoint
