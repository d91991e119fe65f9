// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreswrittentable.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// to_regclass() fails, and the transaction with it, for a schema that the user may not use.
// Ordinary is not what looks at the text of its statement, which is to be the operator's (817: current_query()).
constexpr auto tableQuery = R"sql(
SELECT c.oid, n.nspname, c.relname,
       c.relkind = 'r' AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
         AND NOT pg_catalog.row_security_active(c.oid)
         AND NOT (c.relhasrules AND EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid))
         AND NOT (c.relhastriggers AND EXISTS (
               SELECT FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
                WHERE g.tgrelid = c.oid AND NOT g.tgisinternal
                  AND p.prosrc ~* '\m(current_query|pg_stat_activity|pg_stat_get_activity)\M'))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef d
                          WHERE d.adrelid = c.oid AND d.adbin::text LIKE '%:funcid 817 %') AS ordinary,
       c.relkind = 'r' AND c.relhassubclass
         AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) AS inherited,
       c.relhastriggers
         AND EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal) AS triggers,
       pg_catalog.has_table_privilege(c.oid, 'UPDATE') AS lockable
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = CASE WHEN $1 = '' THEN pg_catalog.to_regclass(pg_catalog.quote_ident($2))::oid
                    ELSE (SELECT k.oid FROM pg_catalog.pg_class k JOIN pg_catalog.pg_namespace s ON s.oid = k.relnamespace
                           WHERE s.nspname = $1::name AND k.relname = $2::name) END)sql";

constexpr auto childrenQuery = R"sql(
WITH RECURSIVE below(oid) AS (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = $1::int8::oid
    UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent = below.oid)
SELECT n.nspname, c.relname FROM below JOIN pg_catalog.pg_class c USING (oid) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace)sql";

constexpr qsizetype mostRecent = 4;

/// The notes() of a connection, the latest first.
struct RecentTables
{
    struct Table
    {
        TableName name;
        std::optional<Rowset> answer; // to the question of the last transaction that asked about it
    };
    QList<Table> tables;
};

Statement tableQuestion(const TableName& name)
{
    static const QByteArray text
        = shapeQuery(tableQuery, "false",
                     ", named.oid::int8, named.nspname, named.relname, named.ordinary, named.inherited, named.triggers,"
                     " named.lockable");
    return { text, { Value::text(name.schema), Value::text(name.table) }, true };
}

/// Without those that inherit from it.
PostgresWrittenTable tableOf(const Rowset& found)
{
    PostgresWrittenTable table;
    if (found.rows.isEmpty())
        return table;
    const Row more = found.rows.constFirst().sliced(shapeColumns);
    table.oid = more.at(0).toInteger();
    table.inherited = more.at(4).toBoolean();
    table.ordinary = more.at(3).toBoolean() && !table.inherited;
    table.triggers = more.at(5).toBoolean();
    table.lockable = more.at(6).toBoolean();
    table.tables = { { more.at(1).toText(), more.at(2).toText() } };
    table.shape = shapeOf(found);
    for (const int index : std::as_const(table.shape.key))
        table.key.append(table.shape.names.at(index));
    return table;
}

} // namespace

Result<PostgresWrittenTable> readWrittenTable(Connection& connection, const TableName& name)
{
    const auto found = connection.query(tableQuestion(name));
    if (!found)
        return found.error();
    PostgresWrittenTable table = tableOf(*found);
    if (!table.inherited)
        return table;
    const auto children = connection.query({ childrenQuery, { Value::integer(table.oid) }, true });
    if (!children)
        return children.error();
    for (const Row& child : children->rows)
        table.tables.append({ child.at(0).toText(), child.at(1).toText() });
    return table;
}

bool PostgresRecentTables::remembers(PostgresConnection& now)
{
    const QList<RecentTables::Table>& tables = now.notes<RecentTables>().tables;
    return std::ranges::any_of(tables, [](const auto& table) { return table.answer.has_value(); });
}

void PostgresRecentTables::begin(PostgresConnection& now)
{
    m_asked->clear();
    // Should a question fail, and the transaction with it, the next one does not ask again.
    for (const RecentTables::Table& table : std::exchange(now.notes<RecentTables>().tables, {}))
        m_asked->append({ table.name, table.answer, {}, false });
}

void PostgresRecentTables::ask(PostgresConnection& connection)
{
    for (qsizetype i = 0; i < m_asked->size(); ++i) {
        connection.submit(tableQuestion(m_asked->at(i).name), [asked = m_asked, i](Result<Rowset> rows) {
            if (rows && i < asked->size())
                (*asked)[i].answer = std::move(*rows);
        });
    }
}

std::optional<PostgresWrittenTable> PostgresRecentTables::find(PostgresConnection& now, const TableName& name)
{
    std::optional<Rowset> answer;
    const auto known = std::ranges::find(*m_asked, name, &Asked::name);
    if (known != m_asked->end()) {
        answer = known->answer ? known->answer : known->guess;
        known->guessed = known->guessed || (answer && !known->answer);
    }
    QList<RecentTables::Table>& recent = now.notes<RecentTables>().tables;
    recent.removeIf([&](const RecentTables::Table& table) { return table.name == name; });
    recent.prepend({ name, {} });
    recent.resize(std::min(recent.size(), mostRecent));
    PostgresWrittenTable found = answer ? tableOf(*answer) : PostgresWrittenTable();
    if (found.tables.isEmpty() || found.inherited)
        return {};
    return found;
}

void PostgresRecentTables::keep(PostgresConnection& now) const
{
    for (RecentTables::Table& table : now.notes<RecentTables>().tables) {
        const auto asked = std::ranges::find(*m_asked, table.name, &Asked::name);
        if (asked != m_asked->cend())
            table.answer = asked->answer;
    }
}

bool PostgresRecentTables::wasWrong() const
{
    return std::ranges::any_of(*m_asked, [](const Asked& each) {
        return each.guessed && !(each.answer && each.answer->rows == each.guess->rows);
    });
}

Error PostgresRecentTables::outdated()
{
    return makeError(ErrorKind::Outdated, u"what this session remembered of the database could not be confirmed"_s, {},
                     u"Run it again"_s);
}

} // namespace holdpoint
