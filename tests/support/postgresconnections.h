// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/postgresconnection.h"
#include "support/testdatabase.h"

#include <memory>

namespace holdpoint {

[[nodiscard]] inline Target postgresTarget(const QString& uri)
{
    return { QStringLiteral("db"), EngineKind::PostgreSQL, uri, Environment::Development, false };
}

/// A connection to a test's database that ends the program if there is none.
[[nodiscard]] inline std::unique_ptr<PostgresConnection> connectTo(const TestPostgres& database,
                                                                   ConnectionOptions options = {},
                                                                   const QString& role = QStringLiteral("postgres"))
{
    auto opened = openPostgres(postgresTarget(database.uriAs(role)), options, nullptr);
    if (!opened)
        qFatal("cannot connect: %s", qUtf8Printable(opened.error().text()));
    return std::unique_ptr<PostgresConnection>(static_cast<PostgresConnection*>(std::move(opened).value().release()));
}

[[nodiscard]] inline Statement statement(const QByteArray& text, QList<Value> parameters = {})
{
    return { text, std::move(parameters) };
}

/// The first value of a result for people, or its error.
[[nodiscard]] inline QString first(const Result<Rowset>& result)
{
    return result ? result->rows.value(0).value(0).display() : QStringLiteral("error: ") + result.error().message;
}

/// "ok", or the error's SQLSTATE.
[[nodiscard]] inline QString stateOf(const Result<Rowset>& result)
{
    return result ? QStringLiteral("ok") : result.error().sqlState;
}

} // namespace holdpoint
