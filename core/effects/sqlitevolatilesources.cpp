// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitevolatilesources.h"

#include "effects/sqlitereading.h"
#include "effects/sqliteshape.h"
#include "session/sqliteconnection.h"

#include <QSet>

#include <algorithm>
#include <array>
#include <limits>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Deterministic for SQLite's compiler, until they are asked for 'now'.
constexpr std::array dateFunctions {
    "date"_L1,     "time"_L1,         "datetime"_L1,     "julianday"_L1,         "unixepoch"_L1,
    "strftime"_L1, "current_date"_L1, "current_time"_L1, "current_timestamp"_L1,
};

/// SQLite's authorizer tells every function that a statement calls, in its triggers and views too, when it is compiled.
class SqliteVolatileSources final : public VolatileSources
{
public:
    explicit SqliteVolatileSources(SqliteConnection& connection)
        : m_connection(connection)
    {
    }

    void writes(const Statement& statement, const Table*) override;
    void runs(const Statement& statement, const StatementInfo& info) override;
    [[nodiscard]] Result<Volatility> found(const TargetEffects& effects) override;

private:
    void note(const QByteArray& text, bool guarded);
    [[nodiscard]] bool drawsRowids(const TargetEffects& effects) const;
    [[nodiscard]] Result<void> noteDefaults(const TargetEffects& effects);
    [[nodiscard]] Result<QSet<QString>> steadyFunctions();

    SqliteConnection& m_connection;
    QByteArray m_lastText;
    QSet<QString> m_functions;
    bool m_cannotTell = false;
};

void SqliteVolatileSources::writes(const Statement& statement, const Table*)
{
    if (statement.text.constData() == m_lastText.constData())
        return;
    m_lastText = statement.text;
    note(statement.text, false);
}

void SqliteVolatileSources::runs(const Statement& statement, const StatementInfo& info)
{
    // A trigger that it makes may call anything, in statements that were compiled before.
    m_cannotTell = m_cannotTell || info.changesSchema;
    note(statement.text, true);
}

// What cannot be compiled will fail when it is run.
void SqliteVolatileSources::note(const QByteArray& text, bool guarded)
{
    const auto actions = m_connection.actionsOf(text, guarded);
    for (const QString& function : actions ? actions->functions : QStringList())
        m_functions.insert(function);
}

// Defaults are not told with the statement that uses them.
Result<void> SqliteVolatileSources::noteDefaults(const TargetEffects& effects)
{
    const auto schema = SchemaReader::forConnection(m_connection);
    for (const TableEffects& changed : effects.tables) {
        const bool byOthers
            = std::ranges::any_of(changed.rows.views(), [](RowView row) { return row.origin() == Origin::Indirect; });
        if (changed.internal || (changed.inserted == 0 && !byOthers))
            continue;
        const auto table = schema->table(changed.name.schema, changed.name.table);
        if (!table)
            continue; // dropped by the batch: none of its new values are left
        for (const Column& column : table->columns) {
            if (!column.generated && !column.defaultText.isEmpty())
                note("SELECT (" + column.defaultText.toUtf8() + ')', true);
        }
    }
    return {};
}

// Aggregates are not flagged as deterministic, but are.
Result<QSet<QString>> SqliteVolatileSources::steadyFunctions()
{
    constexpr auto text
        = "SELECT DISTINCT lower(name) FROM pragma_function_list WHERE flags & 2048 OR type IN ('a', 'w')";
    const auto rows = m_connection.query({ text, {} });
    if (!rows)
        return rows.error();
    QSet<QString> names;
    for (const Row& row : rows->rows)
        names.insert(row.at(0).display());
    for (const auto name : dateFunctions)
        names.remove(name);
    return names;
}

// Where the greatest rowid of all is in use, SQLite draws the next one by lot.
bool SqliteVolatileSources::drawsRowids(const TargetEffects& effects) const
{
    const auto mayDraw = [this](const TableEffects& table) {
        if (table.inserted == 0)
            return false;
        const SqliteTableId id { table.name.schema.toUtf8(), table.name.table.toUtf8() };
        const SqliteShape shape = SqliteShape::read(m_connection.handle(), id);
        if (shape.withoutRowid || shape.isVirtualTable || shape.rowid.isEmpty())
            return false;
        const Value most = Value::integer(std::numeric_limits<qint64>::max());
        if (shape.rowidIsColumn && !table.rows.isEmpty()
            && table.rows.at(table.rows.size() - 1).before.value(shape.key.first()) == most)
            return true; // until the batch deleted its row
        SqliteReading found(m_connection.handle(),
                            "SELECT 1 FROM " + id.quoted() + " WHERE " + shape.rowid + " = 9223372036854775807");
        return found.next() || found.failed();
    };
    return std::ranges::any_of(effects.tables, mayDraw);
}

Result<Volatility> SqliteVolatileSources::found(const TargetEffects& effects)
{
    if (const auto noted = noteDefaults(effects); !noted)
        return noted.error();
    if (!m_functions.isEmpty()) {
        const auto steady = steadyFunctions();
        if (!steady)
            return steady.error();
        m_functions.subtract(*steady);
    }
    if (m_functions.contains(u"random"_s) || m_functions.contains(u"randomblob"_s))
        return Volatility::Chance;
    return m_cannotTell || !m_functions.isEmpty() || drawsRowids(effects) ? Volatility::Possible : Volatility::None;
}

} // namespace

std::unique_ptr<VolatileSources> sqliteVolatileSources(Connection& connection)
{
    return std::make_unique<SqliteVolatileSources>(static_cast<SqliteConnection&>(connection));
}

} // namespace holdpoint
