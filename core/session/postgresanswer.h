// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/postgresvalues.h"

#include <QByteArrayView>

#include <functional>
#include <span>

namespace holdpoint {

/// Rows of one answer as the server sent them, as text. Good for as long as the call that hands it over.
class PostgresAnswer
{
public:
    /// Each of them has one row, unless there is only one.
    explicit PostgresAnswer(std::span<const PostgresResult> parts)
        : m_parts(parts)
    {
    }
    [[nodiscard]] int rows() const;
    [[nodiscard]] int columns() const;
    /// Empty for NULL.
    [[nodiscard]] QByteArrayView text(int row, int column) const;
    [[nodiscard]] bool isNull(int row, int column) const;
    [[nodiscard]] quint32 type(int column) const; ///< pg_type's oid; of a domain that of its base

private:
    struct Place
    {
        const PGresult* part;
        int row;
    };
    [[nodiscard]] Place place(int row) const;

    std::span<const PostgresResult> m_parts;
};

/// Is shown the rows of an answer as they arrive, some at a time; not called if there are none. What fails later has
/// shown the rows before.
using PostgresLook = std::function<void(const PostgresAnswer&)>;

} // namespace holdpoint
