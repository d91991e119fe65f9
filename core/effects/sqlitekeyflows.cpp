// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitekeyflows.h"

#include "session/sqliteconnection.h"

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto lastRowid = "last_insert_rowid"; // whose table is not known

// Without a column: all of them.
QByteArray columnOf(const QByteArray& database, const QByteArray& table, const QByteArray& column)
{
    return database + '\0' + table + '\0' + column;
}

QByteArray columnOf(const TableName& table, const QString& column)
{
    return columnOf(table.schema.toUtf8(), table.table.toUtf8(), column.toUtf8());
}

bool isAmong(const QSet<QByteArray>& columns, const QByteArray& column)
{
    return columns.contains(column) || columns.contains(column.first(column.lastIndexOf('\0') + 1));
}

bool isKey(const TableEffects& table, int column)
{
    return table.keyColumns == QList { column };
}

bool isReached(const QSet<QByteArray>& reached, const TableEffects& table, int column)
{
    return isAmong(reached, columnOf(table.name, table.columns.at(column)))
        || (isKey(table, column) && reached.contains(columnOf(table.name, u"ROWID"_s)));
}

QList<QByteArray> generatedOf(const TableEffects& table)
{
    QList<QByteArray> columns;
    for (const int column : table.generated)
        columns.append(columnOf(table.name, table.columns.at(column)));
    return columns;
}

// Where a table's new keys stand of themselves.
QSet<QByteArray> keysOf(const TableEffects& table)
{
    QSet<QByteArray> columns { lastRowid, columnOf(table.name, u"ROWID"_s),
                               columnOf({ table.name.schema, u"sqlite_sequence"_s }, u"seq"_s) };
    if (table.keyColumns.size() == 1)
        columns.insert(columnOf(table.name, table.columns.at(table.keyColumns.first())));
    return columns;
}

// Functions in a column's default are not told with the statement that uses it.
Result<QSet<QByteArray>> filledByDefault(SqliteConnection& connection, const TargetEffects& effects)
{
    QSet<QByteArray> columns;
    for (const TableEffects& table : effects.tables) {
        const auto rows = connection.query({ "SELECT name FROM pragma_table_xinfo(?1, ?2)"
                                             " WHERE instr(lower(dflt_value), 'last_insert_rowid') > 0",
                                             { Value::text(table.name.table), Value::text(table.name.schema) } });
        if (!rows)
            return rows.error();
        for (const Row& row : rows->rows)
            columns.insert(columnOf(table.name, row.at(0).display()));
    }
    return columns;
}

} // namespace

/// Takes one statement's accesses apart by where they are written: the statement itself and each of its triggers.
class SqliteKeyFlows::Reading
{
public:
    Reading(const SqliteActions& actions, const std::optional<TableName>& written)
    {
        if (written)
            m_written = columnOf(*written, {});
        for (const SqliteAccess& access : actions.accesses)
            add(m_parts[access.within], access);
    }
    void addTo(std::set<std::pair<Columns, Columns>>& flows);

private:
    struct Part
    {
        Columns reads;
        Columns fills; // everything that is read in the part goes there
        std::vector<std::pair<Columns, Columns>> updates; // only what was read before, or by a SELECT of its own
        bool writes = false;
        bool updating = false;
        bool selecting = false;
    };

    void add(Part& part, const SqliteAccess& access);
    void addRead(Part& part, const QByteArray& column);
    void addUpdate(Part& part, const SqliteAccess& access);
    [[nodiscard]] bool isParameter(const Part& part, const QByteArray& column) const;

    std::map<QByteArray, Part> m_parts;
    QByteArray m_written;
};

void SqliteKeyFlows::Reading::add(Part& part, const SqliteAccess& access)
{
    using Kind = SqliteAccess::Kind;
    switch (access.kind) {
    case Kind::Read:
        if (!access.column.isEmpty()) // as for count(*)
            addRead(part, columnOf(access.database, access.table, access.column));
        break;
    case Kind::Call:
        if (access.column == lastRowid)
            addRead(part, lastRowid);
        break;
    case Kind::Update: return addUpdate(part, access);
    case Kind::Select: part.selecting = true; break;
    case Kind::Insert:
    case Kind::Create: part.fills.append(columnOf(access.database, access.table, {})); [[fallthrough]];
    case Kind::Delete: part.writes = true; part.updating = false;
    }
}

// An UPDATE's new values are compiled before its columns are named, its WHERE after them, and its FROM, as a SELECT,
// too.
void SqliteKeyFlows::Reading::addRead(Part& part, const QByteArray& column)
{
    part.reads.append(column);
    if (part.updating && part.selecting)
        part.updates.back().first.append(column);
}

void SqliteKeyFlows::Reading::addUpdate(Part& part, const SqliteAccess& access)
{
    const QByteArray column = columnOf(access.database, access.table, access.column);
    if (part.updating && part.updates.back().first == part.reads && !part.selecting) {
        part.updates.back().second.append(column);
        return;
    }
    part.updates.push_back({ part.reads, { column } });
    part.writes = part.updating = true;
    part.selecting = false;
}

bool SqliteKeyFlows::Reading::isParameter(const Part& part, const QByteArray& column) const
{
    return !m_written.isEmpty() && &part == &m_parts.begin()->second && m_parts.begin()->first.isEmpty()
        && column.startsWith(m_written);
}

void SqliteKeyFlows::Reading::addTo(std::set<std::pair<Columns, Columns>>& flows)
{
    Columns everywhere; // of views and common table expressions, which every part may read
    for (const auto& [within, part] : m_parts)
        everywhere += part.writes ? Columns() : part.reads;
    for (auto& [within, part] : m_parts) {
        if (!part.fills.isEmpty())
            part.updates.push_back({ part.reads, part.fills });
        for (auto& [from, into] : part.updates) {
            from += everywhere;
            into.removeIf([&](const QByteArray& column) { return isParameter(part, column); });
            if (!from.isEmpty() && !into.isEmpty())
                flows.insert({ from, into });
        }
    }
}

void SqliteKeyFlows::note(const SqliteActions& actions, const std::optional<TableName>& written)
{
    m_unknown = m_unknown || !actions.rewritten.isEmpty();
    if (!written && actions.accesses == m_last)
        return;
    if (!written)
        m_last = actions.accesses;
    Reading(actions, written).addTo(m_flows);
}

// All columns that are filled, at whatever number of removes, from these.
QSet<QByteArray> SqliteKeyFlows::reach(QSet<QByteArray> from, const TargetEffects& effects) const
{
    QSet<QByteArray> filled;
    const auto fill = [&](const Columns& columns) {
        filled.unite({ columns.begin(), columns.end() });
        from.unite({ columns.begin(), columns.end() });
    };
    for (qsizetype before = -1; before != filled.size();) {
        before = filled.size();
        for (const auto& [sources, columns] : m_flows) {
            if (std::ranges::any_of(sources, [&](const QByteArray& column) { return isAmong(from, column); }))
                fill(columns);
        }
        for (const TableEffects& table : effects.tables) {
            for (int column = 0; column < table.columns.size() && !table.generated.isEmpty(); ++column) {
                if (isReached(from, table, column))
                    fill(generatedOf(table));
            }
        }
    }
    return filled;
}

Result<void> SqliteKeyFlows::fill(SqliteConnection& connection, TargetEffects& effects) const
{
    const auto gives = [](const TableEffects& table) { return table.inserted > 0 && !table.internal; };
    if (std::ranges::none_of(effects.tables, gives))
        return {};
    auto byDefault = filledByDefault(connection, effects);
    if (!byDefault)
        return byDefault.error();
    QHash<TableName, QSet<QByteArray>> filled;
    for (const TableEffects& source : effects.tables) {
        if (gives(source))
            filled.insert(source.name, reach(keysOf(source), effects).unite(*byDefault));
    }
    for (TableEffects& table : effects.tables) {
        for (int column = 0; column < table.columns.size(); ++column) {
            for (auto source = filled.cbegin(); source != filled.cend(); ++source) {
                if (m_unknown || isReached(source.value(), table, column))
                    table.keySources[column].append(source.key());
            }
        }
    }
    return {};
}

} // namespace holdpoint
