// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresquestions.h"

namespace holdpoint {

Connection::ResultSink PostgresQuestions::keepError()
{
    return [this](const Result<Rowset>& rows) {
        if (!rows && m_answered)
            m_answered = rows.error();
    };
}

void PostgresQuestions::ask(PostgresConnection& connection, const Statement& statement, Rowset& answer)
{
    connection.submit(statement, [&answer, keepError = keepError()](Result<Rowset> rows) {
        if (rows)
            answer = std::move(*rows);
        else
            keepError(rows);
    });
}

void PostgresQuestions::ask(PostgresConnection& connection, const Statement& statement, PostgresVersions& answer,
                            const std::function<void()>& more)
{
    PostgresLook look = answer.look(m_answered);
    if (more)
        look = [look = std::move(look), more](const PostgresAnswer& rows) {
            look(rows);
            more();
        };
    connection.submitLooking(statement, std::move(look), keepError());
}

void PostgresQuestions::ask(PostgresConnection& connection, const PostgresStatements& statements,
                            PostgresVersions& answer)
{
    askEach(connection, statements, answer.look(m_answered));
}

void PostgresQuestions::ask(PostgresConnection& connection, const PostgresStatements& statements,
                            PostgresPlaces& answer)
{
    askEach(connection, statements, [&answer](const PostgresAnswer& places) {
        for (int row = 0; row < places.rows(); ++row)
            answer.push_back(placeOf(places.text(row, 0)));
    });
}

/// Some are on their way, so that the server needs not wait for the next; not all, which may be large.
void PostgresQuestions::askEach(PostgresConnection& connection, const PostgresStatements& statements,
                                const PostgresLook& look)
{
    constexpr int mostOnTheirWay = 6;
    const auto shared = std::make_shared<PostgresStatements>(statements);
    for (int i = 0; i < mostOnTheirWay; ++i)
        askNext(connection, shared, look);
}

void PostgresQuestions::askNext(PostgresConnection& connection, const std::shared_ptr<PostgresStatements>& statements,
                                const PostgresLook& look)
{
    const auto statement = (*statements)();
    if (!statement)
        return;
    connection.submitLooking(
        *statement, look, [this, &connection, statements, look, keepError = keepError()](const Result<Rowset>& rows) {
            keepError(rows);
            if (rows && m_answered)
                askNext(connection, statements, look);
        });
}

Result<void> PostgresQuestions::wait()
{
    m_worlds.companion.push();
    m_worlds.now.push();
    const auto now = m_worlds.now.flush();
    const auto before = m_worlds.companion.flush();
    const auto& flushed = now ? before : now;
    // What did not run because something failed before says less than that.
    if (!m_answered && (flushed || m_answered.error().sqlState != QLatin1StringView("25P02")))
        return m_answered;
    return flushed;
}

} // namespace holdpoint
