// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QString>

#include <memory>

struct pg_conn;

namespace holdpoint::differential {

/// One connection by plain libpq: nothing of the product in it. For one thread.
class PostgresClient
{
public:
    struct Answer
    {
        QByteArray sqlState; ///< of the error; empty if there is none
        QList<QByteArrayList> rows; ///< a NULL as an empty text
        int affected = 0;
    };

    explicit PostgresClient(const QString& uri);
    [[nodiscard]] Answer run(const QByteArray& sql, const QByteArrayList& parameters = {});
    /// The rows of one query; an error ends the test program.
    [[nodiscard]] QList<QByteArrayList> rows(const QByteArray& sql);

private:
    std::unique_ptr<pg_conn, void (*)(pg_conn*)> m_connection;
};

} // namespace holdpoint::differential
