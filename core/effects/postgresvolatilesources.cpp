// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresvolatilesources.h"

#include "command/postgrescalls.h"
#include "effects/postgressidequestions.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The tables by schema and name; without a schema, those of that name which the search path finds.
const QByteArray named = R"sql(
        SELECT c.oid FROM unnest($1::text[], $2::text[]) t(schema, name) JOIN pg_class c ON c.relname = t.name
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = t.schema OR (t.schema = '' AND pg_table_is_visible(c.oid)))sql";

// With their partitions and children, whose triggers fire too.
const QByteArray tree = "WITH RECURSIVE tree(oid) AS (" + named + R"sql(
  UNION SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid))sql";

// Views, rules, tables of other servers and triggers may run anything; a trigger's function may draw by lot.
const QByteArray tableSources = tree + R"sql(
SELECT EXISTS (SELECT FROM tree JOIN pg_class c USING (oid)
                WHERE c.relkind IN ('v', 'f') OR c.relhasrules)
    OR EXISTS (SELECT FROM tree JOIN pg_trigger g ON g.tgrelid = tree.oid
                WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'),
       EXISTS (SELECT FROM tree JOIN pg_trigger g ON g.tgrelid = tree.oid JOIN pg_proc p ON p.oid = g.tgfoid
                WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND p.prosrc ~* '\mrandom\M'))sql";

const QByteArray viewSources = "WITH named(oid) AS (" + named + R"sql()
SELECT EXISTS (SELECT FROM named JOIN pg_class c USING (oid) WHERE c.relkind IN ('v', 'f')))sql";

// A constant is none; and to print an expression takes the server the longer the more columns there are.
const QByteArray defaults = tree + R"sql(
SELECT DISTINCT CASE WHEN a.attidentity <> '' THEN NULL ELSE coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault) END
  FROM tree JOIN pg_attribute a ON a.attrelid = tree.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attgenerated = '' AND (a.attidentity <> '' OR d.adbin::text NOT LIKE '{CONST %'
                                OR (t.typtype = 'd' AND t.typdefault IS NOT NULL)))sql";

// Parameters stand in subqueries so that the server, which cannot look at them there, keeps one plan for all of them.
// The system's own operators, whose ids are below 16384, give the same in every pass.
const QByteArray functionSources = R"sql(
SELECT EXISTS (SELECT FROM pg_proc WHERE proname = ANY ((SELECT $1::text[])::name[]) AND provolatile <> 'i'),
       EXISTS (SELECT FROM pg_proc WHERE proname = ANY ((SELECT $1::text[])::name[])
                  AND (proname = 'random' OR prosrc ~* '\mrandom\M')))sql";
const QByteArray operatorSources = R"sql(
SELECT EXISTS (SELECT FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
                WHERE o.oid >= 16384 AND o.oprname = ANY ((SELECT $1::text[])::name[]) AND p.provolatile <> 'i'))sql";

using Tables = QSet<std::pair<QString, QString>>;

Value arrayOf(const QStringList& texts)
{
    QStringList quoted;
    for (QString text : texts)
        quoted.append(u'"' + text.replace(u'\\', "\\\\"_L1).replace(u'"', "\\\""_L1) + u'"');
    return Value::text(u'{' + quoted.join(u',') + u'}');
}

/// The two parameters that name tables.
QList<Value> namesOf(const Tables& tables)
{
    QStringList schemas;
    QStringList names;
    for (const auto& [schema, name] : tables) {
        schemas.append(schema);
        names.append(name);
    }
    return { arrayOf(schemas), arrayOf(names) };
}

std::pair<QString, QString> nameOf(const TableName& table)
{
    return { table.schema.isNull() ? u""_s : table.schema, table.table };
}

/// The parse tree tells what is called, the catalog what that is.
class PostgresVolatileSources final : public VolatileSources
{
public:
    explicit PostgresVolatileSources(PostgresConnection& connection);

    void writes(const Statement& statement, const Table* table) override;
    void runs(const Statement& statement, const StatementInfo& info) override;
    [[nodiscard]] Result<Volatility> found(const TargetEffects& effects) override;

private:
    void note(const StatementInfo::Calls& calls);
    void noteValues(const QList<Value>& values);
    [[nodiscard]] Result<void> noteDefaults(const TargetEffects& effects);
    void ask(const Statement& question);
    [[nodiscard]] Result<void> wait();

    /// What a batch calls, as far as it has a name.
    struct Names
    {
        QSet<QString> functions;
        QSet<QString> operators;
        friend bool operator==(const Names&, const Names&) = default;
    };
    struct Early
    {
        Names names;
        bool asks = true; // false: the batch may have changed what the old world knows
        std::optional<Names> of;
        QList<Row> answers;
    };
    [[nodiscard]] static QList<Statement> questionsAbout(const Names& names);
    static void askEarly(const std::shared_ptr<Early>& early, PostgresConnection& before);
    void take(const Row& row);

    PostgresConnection& m_connection;
    std::shared_ptr<Early> m_early = std::make_shared<Early>(); // the question may outlive this
    std::pair<QString, QString> m_lastWritten;
    Tables m_written;
    Tables m_named;
    bool m_setsDefault = false;
    bool m_possible = false;
    bool m_chance = false;
    std::optional<Error> m_failed;
};

PostgresVolatileSources::PostgresVolatileSources(PostgresConnection& connection)
    : m_connection(connection)
{
    auto& side = connection.notes<PostgresSideQuestions>();
    side = {};
    side.open.append([early = m_early](PostgresConnection& before) { askEarly(early, before); });
}

void PostgresVolatileSources::askEarly(const std::shared_ptr<Early>& early, PostgresConnection& before)
{
    if (!early->asks || early->names == Names())
        return;
    early->of = early->names;
    for (const Statement& question : questionsAbout(*early->of)) {
        before.submit(question, [early](const Result<Rowset>& rows) {
            if (rows)
                early->answers.append(rows->rows.constFirst());
        });
    }
}

QList<Statement> PostgresVolatileSources::questionsAbout(const Names& names)
{
    QList<Statement> questions;
    if (!names.functions.isEmpty())
        questions.append({ functionSources, { arrayOf(names.functions.values()) }, true });
    if (!names.operators.isEmpty())
        questions.append({ operatorSources, { arrayOf(names.operators.values()) }, true });
    return questions;
}

void PostgresVolatileSources::writes(const Statement& statement, const Table* table)
{
    noteValues(statement.parameters);
    m_possible = m_possible || !table;
    if (!table || (m_lastWritten.second == table->name && m_lastWritten.first == table->schema))
        return;
    m_lastWritten = { table->schema, table->name };
    m_written.insert(nameOf({ table->schema, table->name }));
}

void PostgresVolatileSources::runs(const Statement& statement, const StatementInfo& info)
{
    noteValues(statement.parameters);
    note(info.calls);
    for (const TableName& table : info.calls.relations) {
        m_named.insert(nameOf(table));
        m_possible = m_possible || table.table.startsWith("pg_"_L1); // the system's views tell what the server does now
    }
    if (info.kind != StatementInfo::Kind::Read)
        m_written.unite(m_named);
}

void PostgresVolatileSources::noteValues(const QList<Value>& values)
{
    m_possible = m_possible || std::ranges::any_of(values, [](const Value& value) {
                     return value.kind() == Value::Kind::Text && mayTellTime(value.toText());
                 });
}

void PostgresVolatileSources::note(const StatementInfo::Calls& calls)
{
    m_possible = m_possible || calls.tellsTime || calls.readsSystemColumns || calls.isOpaque;
    m_early->asks = m_early->asks && !calls.isOpaque;
    m_setsDefault = m_setsDefault || calls.setsDefault;
    for (const QString& function : calls.functions)
        m_early->names.functions.insert(function);
    for (const QString& name : calls.operators)
        m_early->names.operators.insert(name);
}

Result<void> PostgresVolatileSources::noteDefaults(const TargetEffects& effects)
{
    Tables tables;
    for (const TableEffects& changed : effects.tables) {
        const bool byOthers
            = std::ranges::any_of(changed.rows.views(), [](RowView row) { return row.origin() == Origin::Indirect; });
        if (changed.inserted > 0 || byOthers || m_setsDefault)
            tables.insert(nameOf(changed.name));
    }
    if (tables.isEmpty())
        return {};
    const auto rows = m_connection.query({ defaults, namesOf(tables), true });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        const auto calls
            = row.at(0).isNull() ? Result<StatementInfo::Calls>(Error()) : postgresExpressionCalls(row.at(0).toText());
        m_possible = m_possible || !calls; // an identity, or what cannot be parsed
        if (calls)
            note(*calls);
    }
    return {};
}

// Two answers: something volatile is possible, and chance is.
void PostgresVolatileSources::ask(const Statement& question)
{
    m_connection.submit(question, [this](const Result<Rowset>& rows) {
        if (!rows) {
            m_failed = m_failed ? m_failed : std::optional(rows.error());
            return;
        }
        take(rows->rows.constFirst());
    });
}

void PostgresVolatileSources::take(const Row& row)
{
    m_possible = m_possible || row.at(0).toBoolean();
    m_chance = m_chance || (row.size() > 1 && row.at(1).toBoolean());
}

Result<void> PostgresVolatileSources::wait()
{
    const auto flushed = m_connection.flush();
    return m_failed ? Result<void>(*m_failed) : flushed;
}

Result<Volatility> PostgresVolatileSources::found(const TargetEffects& effects)
{
    for (const TableEffects& changed : effects.tables)
        m_written.insert(nameOf(changed.name));
    if (const auto noted = noteDefaults(effects); !noted)
        return noted.error();
    const QList<Statement> questions = questionsAbout(m_early->names);
    if (m_early->of == m_early->names && m_early->answers.size() == questions.size()) {
        for (const Row& row : std::as_const(m_early->answers))
            take(row);
    } else {
        for (const Statement& question : questions)
            ask(question);
    }
    // Whatever a statement reads or writes is locked until the end: without a view, a rule, a table of another server
    // or a trigger among that, the names need not be followed.
    if (m_connection.notes<PostgresSideQuestions>().mayVary.value_or(true)) {
        ask({ tableSources, namesOf(m_written), true });
        if (!m_named.isEmpty())
            ask({ viewSources, namesOf(m_named), true });
    }
    if (const auto asked = wait(); !asked)
        return asked.error();
    return m_chance ? Volatility::Chance : m_possible ? Volatility::Possible : Volatility::None;
}

} // namespace

std::unique_ptr<VolatileSources> postgresVolatileSources(Connection& connection)
{
    return std::make_unique<PostgresVolatileSources>(static_cast<PostgresConnection&>(connection));
}

} // namespace holdpoint
