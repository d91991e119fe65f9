// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/postgresact.h"

#include <QList>

#include <pg_query/pg_query.pb-c.h>

namespace holdpoint {

/// What a parsed statement does beside rows when it runs, each act once. A function's body that it only stores is not
/// run; a DO block is, and is read as postgresActsInBody() does.
[[nodiscard]] QList<PostgresAct> postgresActs(const PgQuery__Node& statement);

/// The same of the body of a function in SQL or PL/pgSQL, told by PostgreSQL's own scanner: the parser's library does
/// not understand every body. It may take a name before a bracket for a call that is none (a table with its columns),
/// and does not see what a text that is built at run time does. Nothing of a text that cannot be scanned. Any thread.
[[nodiscard]] QList<PostgresAct> postgresActsInBody(const QByteArray& body);

} // namespace holdpoint
