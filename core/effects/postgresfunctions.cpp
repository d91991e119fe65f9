// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresfunctions.h"

#include "command/postgresacts.h"
#include "effects/postgrestouched.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int deepest = 30;

// What is built into the server needs no look inside.
constexpr auto functionsQuery = R"sql(
SELECT p.oid::int8, n.nspname, p.proname, l.lanname, l.lanpltrusted, p.provolatile = 'v',
       (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
         WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_extension'::regclass
           AND d.deptype = 'e' LIMIT 1),
       CASE WHEN l.lanname NOT IN ('sql', 'plpgsql') THEN ''
            WHEN p.prosrc = '' AND p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prosrc END
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
 WHERE )sql";

constexpr auto byName = R"sql(p.oid IN (
  SELECT f.oid FROM ROWS FROM (json_array_elements_text($1::json), json_array_elements_text($2::json),
                               json_array_elements_text($3::json)) AS u (schema, name, home)
    JOIN pg_proc f ON f.proname = u.name JOIN pg_namespace s ON s.oid = f.pronamespace
   WHERE CASE WHEN u.schema <> '' THEN s.nspname = u.schema
              ELSE s.nspname = u.home OR pg_function_is_visible(f.oid) END))sql";

Value jsonOf(const QJsonArray& values)
{
    return Value::text(QString::fromUtf8(QJsonDocument(values).toJson(QJsonDocument::Compact)));
}

} // namespace

void PostgresFunctions::note(const QList<PostgresAct>& acts, const QString& by, const QString& home)
{
    for (const PostgresAct& act : acts) {
        m_deeds.append({ act, by });
        if (act.kind != PostgresAct::Kind::Call)
            continue;
        const qsizetype known = m_names.size();
        m_names.insert({ act.schema, act.name, home });
        if (m_names.size() > known)
            m_unresolved.append({ act.schema, act.name, home });
    }
}

Result<void> PostgresFunctions::look(const QByteArray& condition, const QList<Value>& parameters)
{
    const auto rows = m_connection.query({ functionsQuery + condition, parameters, true });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        const qsizetype known = m_known.size();
        m_known.insert(row.at(0).toInteger());
        if (m_known.size() == known)
            continue;
        PostgresFunction function;
        function.schema = row.at(1).display();
        function.name = row.at(2).display();
        function.language = row.at(3).display();
        function.trusted = row.at(4).toBoolean();
        function.isVolatile = row.at(5).toBoolean();
        function.extension = row.at(6).isNull() ? QString() : row.at(6).display();
        const QString body = row.at(7).display();
        if (!body.isEmpty())
            note(postgresActsInBody(body.toUtf8()), function.fullName(), function.schema);
        m_reached.append(std::move(function));
    }
    return {};
}

Result<void> PostgresFunctions::follow(const QList<PostgresAct>& acts, const QList<qint64>& functions)
{
    note(acts, {}, {});
    if (!functions.isEmpty()) {
        if (auto looked = look("p.oid = ANY ($1::int8[]::oid[])", { arrayOf(functions) }); !looked)
            return looked;
    }
    for (int depth = 0; !m_unresolved.isEmpty() && depth < deepest; ++depth) {
        QJsonArray schemas;
        QJsonArray names;
        QJsonArray homes;
        for (const Name& name : std::exchange(m_unresolved, {})) {
            schemas.append(name.schema);
            names.append(name.name);
            homes.append(name.home);
        }
        if (auto looked = look(byName, { jsonOf(schemas), jsonOf(names), jsonOf(homes) }); !looked)
            return looked;
    }
    return {};
}

} // namespace holdpoint
