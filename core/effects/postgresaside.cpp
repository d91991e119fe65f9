// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresaside.h"

namespace holdpoint {

Result<std::optional<QList<Rowset>>> askAside(PostgresConnection& connection, const QList<Statement>& questions)
{
    constexpr auto aside = "holdpoint_aside";
    std::optional<Error> refused;
    QList<Rowset> answers;
    const auto keepError = [&refused](const Result<Rowset>& answer) {
        if (!answer && !refused)
            refused = answer.error();
    };
    connection.submit({ QByteArray("SAVEPOINT ") + aside, {} }, keepError);
    connection.submit({ "SET LOCAL lock_timeout = '100ms'", {} }, keepError);
    for (const Statement& question : questions)
        connection.submit(question, [&](Result<Rowset> answer) {
            keepError(answer);
            if (answer)
                answers.append(std::move(*answer));
        });
    const auto flushed = connection.flush();
    if (refused && (refused->isCancelled() || refused->breaksSession()))
        return *refused;
    if (!flushed && !refused)
        return flushed.error();
    if (const auto back = connection.rollbackTo(aside); !back)
        return back.error();
    return refused ? std::nullopt : std::optional(std::move(answers));
}

} // namespace holdpoint
