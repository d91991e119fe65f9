// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresanswer.h"

#include <libpq-fe.h>

namespace holdpoint {

int PostgresAnswer::rows() const
{
    return PQntuples(m_result);
}

int PostgresAnswer::columns() const
{
    return PQnfields(m_result);
}

QByteArrayView PostgresAnswer::text(int row, int column) const
{
    return { PQgetvalue(m_result, row, column), PQgetlength(m_result, row, column) };
}

bool PostgresAnswer::isNull(int row, int column) const
{
    return PQgetisnull(m_result, row, column) != 0;
}

quint32 PostgresAnswer::type(int column) const
{
    return PQftype(m_result, column);
}

} // namespace holdpoint
