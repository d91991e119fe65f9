// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/inverse.h"

#include "effects/comparedtables.h"
#include "effects/undocommand.h"
#include "effects/undoorder.h"
#include "effects/undosql.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString nameText(const TargetEffects& effects, const TableName& name)
{
    return u"%1.%2 of %3"_s.arg(name.schema, name.table, effects.target);
}

/// The engine counts for itself: sequences, statistics. They are not part of what a run meant to change.
bool isBookkeeping(const TableEffects& table)
{
    return table.internal && table.name.table.startsWith("sqlite_"_L1);
}

bool isPutBack(const TargetEffects& effects, const TableEffects& table)
{
    return !isBookkeeping(table) && !isToldByVirtualTable(effects, table);
}

const Table* describedTable(const QList<Table>& tables, const TableName& name)
{
    const auto found = std::ranges::find_if(
        tables, [&](const Table& table) { return table.schema == name.schema && table.name == name.table; });
    return found == tables.end() ? nullptr : &*found;
}

void findLostColumns(const QString& name, const TableEffects& table, const Table& described, QStringList& problems)
{
    for (const QString& column : table.columns) {
        if (described.kind == TableKind::Virtual && column == "rowid"_L1)
            continue;
        if (described.columnIndex(column) < 0)
            problems.append(u"%1 has no column %2 any more"_s.arg(name, column));
    }
}

void findTableProblems(const TargetEffects& effects, const TableEffects& table, const Table* described,
                       QStringList& problems)
{
    const QString name = nameText(effects, table.name);
    if (!table.complete)
        problems.append(u"not all changed rows of %1 were seen (%2)"_s.arg(name, table.incompleteReason));
    else if (table.rows.size() != table.inserted + table.updated + table.deleted)
        problems.append(u"not all changed rows of %1 were kept"_s.arg(name));
    if (effects.engine == EngineKind::SQLite && table.keyColumns.isEmpty() && sqliteRowidName(table.columns).isEmpty())
        problems.append(u"rows of %1 have no key, and columns hide their rowid"_s.arg(name));
    if (!described)
        problems.append(u"%1 is not there any more"_s.arg(name));
    else
        findLostColumns(name, table, *described, problems);
}

QStringList problemsOf(const TargetEffects& effects, const QList<Table>& tables)
{
    QStringList problems;
    for (const SchemaChange& change : effects.schemaChanges)
        problems.append(u"%1 %2 of %3"_s.arg(change.kind, change.object, effects.target));
    for (const TableEffects& table : effects.tables) {
        if (isPutBack(effects, table))
            findTableProblems(effects, table, describedTable(tables, table.name), problems);
    }
    return problems;
}

Result<void> appendCommands(const TargetEffects& effects, const QList<Table>& tables, QList<StoreCommandPtr>& commands)
{
    TargetEffects undone = effects;
    undone.tables.removeIf([&](const TableEffects& table) { return !isPutBack(effects, table); });
    QList<const Table*> described;
    std::vector<UndoCommands> makers;
    for (const TableEffects& table : std::as_const(undone.tables)) {
        described.append(describedTable(tables, table.name));
        makers.emplace_back(undone, table, *described.last());
    }
    const auto steps = undoOrder(undone, described);
    if (!steps)
        return steps.error();
    commands.reserve(commands.size() + static_cast<qsizetype>(steps->size()));
    for (const UndoStep& step : *steps) {
        const RowChange& row = undone.tables.at(step.table).rows.at(step.row);
        auto command = makers[static_cast<size_t>(step.table)].commandFor(row, step.cascaded);
        if (!command)
            return command.error();
        commands.append(std::move(command).value());
    }
    return {};
}

} // namespace

Result<Batch> inverseBatch(const QString& title, const QList<TargetEffects>& effects, const QList<Target>& targets,
                           const QMap<QString, QList<Table>>& tables)
{
    QStringList problems;
    for (const TargetEffects& target : effects)
        problems += problemsOf(target, tables.value(target.target));
    if (!problems.isEmpty()) {
        return makeError(ErrorKind::Usage, u"\"%1\" cannot be undone: %2"_s.arg(title, problems.join("; "_L1)));
    }
    Batch batch;
    batch.title = "Undo of "_L1 + title;
    for (const TargetEffects& target : effects) {
        const auto named = std::ranges::find(targets, target.target, &Target::name);
        if (named == targets.end())
            return makeError(ErrorKind::Usage,
                             u"\"%1\" cannot be undone: target %2 is not known"_s.arg(title, target.target));
        batch.targets.append(*named);
        if (auto appended = appendCommands(target, tables.value(target.target), batch.commands); !appended)
            return appended.error();
    }
    return batch;
}

} // namespace holdpoint
