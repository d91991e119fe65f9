// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresanswer.h"

namespace holdpoint {

PostgresAnswer::Place PostgresAnswer::place(int row) const
{
    if (m_parts.size() == 1)
        return { m_parts.front().get(), row };
    return { m_parts[static_cast<size_t>(row)].get(), 0 };
}

int PostgresAnswer::rows() const
{
    return m_parts.size() == 1 ? PQntuples(m_parts.front().get()) : static_cast<int>(m_parts.size());
}

int PostgresAnswer::columns() const
{
    return PQnfields(m_parts.front().get());
}

QByteArrayView PostgresAnswer::text(int row, int column) const
{
    const Place at = place(row);
    return { PQgetvalue(at.part, at.row, column), PQgetlength(at.part, at.row, column) };
}

bool PostgresAnswer::isNull(int row, int column) const
{
    const Place at = place(row);
    return PQgetisnull(at.part, at.row, column) != 0;
}

quint32 PostgresAnswer::type(int column) const
{
    return PQftype(m_parts.front().get(), column);
}

} // namespace holdpoint
