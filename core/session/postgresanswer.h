// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <functional>

struct pg_result;

namespace holdpoint {

/// The rows of one answer as the server sent them, as text. Good for as long as the call that hands it over.
class PostgresAnswer
{
public:
    explicit PostgresAnswer(const pg_result* result)
        : m_result(result)
    {
    }
    [[nodiscard]] int rows() const;
    [[nodiscard]] int columns() const;
    /// Empty for NULL.
    [[nodiscard]] QByteArrayView text(int row, int column) const;
    [[nodiscard]] bool isNull(int row, int column) const;
    [[nodiscard]] quint32 type(int column) const; ///< pg_type's oid; of a domain that of its base

private:
    const pg_result* m_result;
};

/// Is shown an answer.
using PostgresLook = std::function<void(const PostgresAnswer&)>;

} // namespace holdpoint
