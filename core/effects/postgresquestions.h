// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresversionquestions.h"
#include "effects/postgresversions.h"

#include <memory>

namespace holdpoint {

/// Statements for both worlds at once: each server process works while the other's answers are read. Of many statements
/// in a row, this is so for the first ones.
class PostgresQuestions
{
public:
    explicit PostgresQuestions(const PostgresWorlds& worlds)
        : m_worlds(worlds)
    {
    }
    /// `answer` is filled by wait(). Of no use if something fails.
    void ask(PostgresConnection& connection, const Statement& statement, Rowset& answer);
    /// `more` is called whenever there are more of them.
    void ask(PostgresConnection& connection, const Statement& statement, PostgresVersions& answer,
             const std::function<void()>& more = {});
    void ask(PostgresConnection& connection, const PostgresStatements& statements, PostgresVersions& answer);
    void ask(PostgresConnection& connection, const PostgresStatements& statements, PostgresPlaces& answer);
    /// The first error.
    [[nodiscard]] Result<void> wait();

private:
    const PostgresWorlds& m_worlds;
    [[nodiscard]] Connection::ResultSink keepError();
    void askEach(PostgresConnection& connection, const PostgresStatements& statements, const PostgresLook& look);
    void askNext(PostgresConnection& connection, const std::shared_ptr<PostgresStatements>& statements,
                 const PostgresLook& look);

    Result<void> m_answered; // or the first error
};

} // namespace holdpoint
