// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <libpq-fe.h>
#include <memory>

/// The tables of the bench postgrespreview, and libpq as it is: what fails ends the program.
namespace bench {

struct Options
{
    QByteArray uri; ///< of the server
    qint64 rows = 1000000;
    qint64 childRows = 1000000;
    int rounds = 15;
    int onlyCase = 0; ///< 0: all
    bool keep = false;
};

using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;
[[nodiscard]] Handle connect(const QByteArray& uri);
void run(PGconn* handle, const QByteArray& sql);

/// The database with the tables, on the same server.
[[nodiscard]] QByteArray inDatabase(QByteArray uri);
void fill(const Options& options);
void drop(const Options& options);

/// `count` keys spread over items, separated by commas.
[[nodiscard]] QByteArray keys(const Options& options, qint64 count);

} // namespace bench
