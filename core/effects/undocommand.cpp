// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undocommand.h"

#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "effects/undosql.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

UndoCommands::UndoCommands(const TargetEffects& effects, const TableEffects& table, const Table& described)
    : m_effects(effects)
    , m_table(table)
    , m_described(described)
    , m_hasHiddenRowid(effects.engine == EngineKind::SQLite && described.kind == TableKind::Table
                       && !described.withoutRowid && std::ranges::none_of(described.columns, &Column::identity)
                       && !sqliteRowidName(table.columns).isEmpty())
{
    for (int column = 0; column < table.columns.size(); ++column) {
        if (!table.generated.contains(column))
            m_written.append(column);
    }
}

// The key of a table that others inherit from names their rows too, which are none of its own.
bool UndoCommands::isNamedByKey(const Row& row, const QList<int>& cascaded) const
{
    const bool inherited
        = m_effects.engine == EngineKind::PostgreSQL && m_described.kind == TableKind::Table && m_described.hasChildren;
    return !inherited && !m_table.keyColumns.isEmpty() && std::ranges::none_of(m_table.keyColumns, [&](int column) {
        return row.at(column).isNull() || cascaded.contains(column);
    });
}

NamedValues UndoCommands::valuesOf(const Row& row, const QList<int>& columns) const
{
    NamedValues values;
    values.reserve(columns.size());
    for (const int column : columns)
        values.append({ m_table.columns.at(column), row.at(column) });
    return values;
}

NamedValues UndoCommands::keyOf(const Row& row) const
{
    return valuesOf(row, m_table.keyColumns);
}

NamedValues UndoCommands::guardOf(const Row& row, const QList<int>& cascaded) const
{
    NamedValues values;
    for (const int column : m_written) {
        if (!m_table.keyColumns.contains(column) && !cascaded.contains(column))
            values.append({ m_table.columns.at(column), row.at(column) });
    }
    return values;
}

StoreCommandPtr UndoCommands::runSql(const QByteArray& text, const QList<Value>& parameters)
{
    return std::make_shared<RunSql>(m_effects.target, *m_texts.insert(QString::fromUtf8(text)), parameters, 1);
}

StoreCommandPtr UndoCommands::putBack(const RowChange& row)
{
    if (const auto rowid = row.rowidBefore(); rowid && m_hasHiddenRowid) {
        const Statement insert = UndoSql(m_effects.engine, m_table, m_described, m_written).insertAt(row, *rowid);
        return runSql(insert.text, insert.parameters);
    }
    return std::make_shared<InsertRow>(m_effects.target, m_table.name, valuesOf(row.before, m_written));
}

StoreCommandPtr UndoCommands::remove(const RowChange& row, const QList<int>& cascaded)
{
    if (isNamedByKey(row.after, cascaded))
        return std::make_shared<DeleteRow>(m_effects.target, m_table.name, keyOf(row.after),
                                           guardOf(row.after, cascaded));
    const Statement remove = UndoSql(m_effects.engine, m_table, m_described, m_written).deleteOne(row, cascaded);
    return runSql(remove.text, remove.parameters);
}

Result<StoreCommandPtr> UndoCommands::restoreUpdated(const RowChange& row, const QList<int>& cascaded)
{
    QList<int> changed;
    for (const int column : m_written) {
        if (row.before.at(column) != row.after.at(column))
            changed.append(column);
    }
    if (changed.isEmpty()) {
        return makeError(ErrorKind::Usage,
                         u"cannot be undone: in a row of %1.%2 only generated columns changed"_s.arg(
                             m_table.name.schema, m_table.name.table));
    }
    if (isNamedByKey(row.after, cascaded) && !row.formerRowid) {
        return StoreCommandPtr(std::make_shared<UpdateRow>(m_effects.target, m_table.name, keyOf(row.after),
                                                           valuesOf(row.before, changed),
                                                           guardOf(row.after, cascaded)));
    }
    const Statement update
        = UndoSql(m_effects.engine, m_table, m_described, m_written).updateOne(row, changed, cascaded);
    return runSql(update.text, update.parameters);
}

Result<StoreCommandPtr> UndoCommands::commandFor(const RowChange& row, const UndoStep& step)
{
    if (row.rowid && !m_hasHiddenRowid && m_effects.engine == EngineKind::SQLite) { // the table was made anew since
        RowChange plain = row;
        plain.rowid.reset();
        plain.formerRowid.reset();
        return commandFor(plain, step);
    }
    switch (step.part) {
    case UndoStep::Part::Removal: return remove(row, step.cascaded);
    case UndoStep::Part::Return: return putBack(row);
    case UndoStep::Part::Whole: break;
    }
    switch (row.change) {
    case ChangeKind::Insert: return remove(row, {});
    case ChangeKind::Update: return restoreUpdated(row, step.cascaded);
    case ChangeKind::Delete: return putBack(row);
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
