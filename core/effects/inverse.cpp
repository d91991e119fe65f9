// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/inverse.h"

#include "command/runsql.h"
#include "effects/undoable.h"
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

QStringList problemsOf(const TargetEffects& effects, const QList<Table>& tables)
{
    QStringList problems = undoObstacles(effects);
    for (const TableEffects& table : effects.tables) {
        if (!isPutBack(effects, table))
            continue;
        const QString name = nameText(effects, table.name);
        if (const Table* described = describedTable(tables, table.name))
            findLostColumns(name, table, *described, problems);
        else
            problems.append(u"%1 is not there any more"_s.arg(name));
    }
    return problems;
}

/// AUTOINCREMENT goes on from where it stood, unless somebody has used it since: a row that is there now keeps a
/// number of its own.
StoreCommandPtr putSequenceBack(const TargetEffects& effects, const RowChange& row)
{
    const auto command = [&](const QString& text, const QList<Value>& parameters) {
        return std::make_shared<RunSql>(effects.target, text, parameters);
    };
    switch (row.change) {
    case ChangeKind::Insert: return command(u"DELETE FROM sqlite_sequence WHERE name = ?1 AND seq = ?2"_s, row.after);
    case ChangeKind::Update:
        return command(u"UPDATE sqlite_sequence SET seq = ?3 WHERE name = ?1 AND seq = ?2"_s,
                       { row.after.at(0), row.after.at(1), row.before.at(1) });
    case ChangeKind::Delete:
        return command(u"INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2"
                       " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)"_s,
                       row.before);
    }
    Q_UNREACHABLE();
}

void appendSequences(const TargetEffects& effects, QList<StoreCommandPtr>& commands)
{
    for (const TableEffects& table : effects.tables) {
        if (table.name != TableName { u"main"_s, u"sqlite_sequence"_s } || table.columns.size() != 2)
            continue;
        for (const RowChange& row : table.rows) {
            const bool renamed = row.change == ChangeKind::Update && row.before.at(0) != row.after.at(0);
            if (!renamed)
                commands.append(putSequenceBack(effects, row));
        }
    }
}

/// Nobody can write a materialized view's rows: they are made anew from what was put back. In the order in which the
/// run refreshed them, for one may read another.
void appendRefreshes(const TargetEffects& effects, QList<TableEffects> views, QList<StoreCommandPtr>& commands)
{
    const auto refreshed
        = [](const TableEffects& view) { return view.rows.isEmpty() ? std::optional<int>() : view.rows.at(0).command; };
    std::ranges::stable_sort(views, {}, refreshed);
    for (const TableEffects& view : std::as_const(views))
        commands.append(std::make_shared<RunSql>(effects.target, refreshText(view.name)));
}

Result<void> appendCommands(const TargetEffects& effects, const QList<Table>& tables, QList<StoreCommandPtr>& commands)
{
    TargetEffects undone = putBackPart(effects);
    const auto isView = [&](const TableEffects& table) {
        return describedTable(tables, table.name)->kind == TableKind::MaterializedView;
    };
    QList<TableEffects> views;
    std::ranges::copy_if(undone.tables, std::back_inserter(views), isView);
    undone.tables.removeIf(isView);
    QList<const Table*> described;
    std::vector<UndoCommands> makers;
    for (const TableEffects& table : std::as_const(undone.tables)) {
        described.append(describedTable(tables, table.name));
        makers.emplace_back(undone, table, *described.last());
    }
    const UndoOrder order = undoOrder(undone, described);
    commands.reserve(commands.size() + static_cast<qsizetype>(order.steps.size()) + 1);
    if (order.hasCircle && effects.engine == EngineKind::PostgreSQL)
        commands.append(std::make_shared<RunSql>(effects.target, u"SET CONSTRAINTS ALL DEFERRED"_s));
    for (const UndoStep& step : order.steps) {
        const RowChange& row = undone.tables.at(step.table).rows.at(step.row);
        auto command = makers[static_cast<size_t>(step.table)].commandFor(row, step);
        if (!command)
            return command.error();
        commands.append(std::move(command).value());
    }
    appendRefreshes(effects, std::move(views), commands);
    appendSequences(effects, commands);
    return {};
}

} // namespace

QString inverseTitle(const QString& title)
{
    return "Undo of "_L1 + title;
}

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
    batch.title = inverseTitle(title);
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
