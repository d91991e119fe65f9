// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/rowset.h"

#include <QVarLengthArray>

#include <libpq-fe.h>

#include <memory>

namespace holdpoint {

struct PostgresResultDeleter
{
    void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, PostgresResultDeleter>;

/// Values as libpq wants parameters: texts of types that the server infers. Lives until they are sent.
class PostgresParameters
{
public:
    /// Error: a text that holds a NUL, which PostgreSQL cannot store (SQLSTATE 22021).
    [[nodiscard]] static Result<PostgresParameters> encode(const QList<Value>& values);
    [[nodiscard]] int count() const { return static_cast<int>(m_pointers.size()); }
    [[nodiscard]] const char* const* pointers() const { return m_pointers.constData(); }

private:
    QList<QByteArray> m_texts;
    QVarLengthArray<const char*, 16> m_pointers;
};

/// A value of this type (pg_type's oid), which is not NULL.
[[nodiscard]] Value postgresValue(quint32 type, QByteArrayView text);

/// How each column of a result is read.
class PostgresColumns
{
public:
    explicit PostgresColumns(const PGresult* result);
    [[nodiscard]] const QStringList& names() const { return m_names; }
    [[nodiscard]] Row row(const PGresult* result, int row) const;

private:
    QStringList m_names;
    QVarLengthArray<Oid, 32> m_types;
};

/// The first rows of a successful result.
[[nodiscard]] Rowset rowsetOf(const PGresult* result, const PostgresColumns& columns, int rows);

} // namespace holdpoint
