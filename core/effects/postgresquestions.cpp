// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresquestions.h"

namespace holdpoint {

void PostgresQuestions::ask(PostgresConnection& connection, const Statement& statement, Rowset& answer)
{
    connection.submit(statement, [this, &answer](Result<Rowset> rows) {
        if (rows)
            answer = std::move(*rows);
        else if (!m_error)
            m_error = rows.error();
    });
}

Result<void> PostgresQuestions::wait()
{
    m_worlds.before.push();
    m_worlds.now.push();
    const auto now = m_worlds.now.flush();
    const auto before = m_worlds.before.flush();
    const auto& flushed = now ? before : now;
    // What did not run because something failed before says less than that.
    if (m_error && (flushed || m_error->sqlState != QLatin1StringView("25P02")))
        return *m_error;
    return flushed;
}

} // namespace holdpoint
