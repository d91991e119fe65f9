// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commandlistmodel.h"

#include "models/roles.h"
#include "words.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

void CommandListModel::setCommands(const QList<StoreCommandPtr>& commands)
{
    beginResetModel();
    m_commands = commands;
    m_reports.clear();
    endResetModel();
}

void CommandListModel::insert(int at, const QList<StoreCommandPtr>& commands)
{
    if (commands.isEmpty())
        return;
    setReports({});
    beginInsertRows({}, at, at + int(commands.size()) - 1);
    if (at == m_commands.size()) {
        m_commands += commands;
    } else {
        m_commands = m_commands.first(at) + commands + m_commands.sliced(at);
    }
    endInsertRows();
}

void CommandListModel::replace(int at, const StoreCommandPtr& command)
{
    setReports({});
    m_commands[at] = command;
    Q_EMIT dataChanged(index(at, 0), index(at, ColumnCount - 1));
}

void CommandListModel::remove(int at, int count)
{
    if (count == 0)
        return;
    setReports({});
    beginRemoveRows({}, at, at + count - 1);
    m_commands.remove(at, count);
    endRemoveRows();
}

void CommandListModel::move(int from, int to)
{
    if (from == to)
        return;
    setReports({});
    beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
    m_commands.move(from, to);
    endMoveRows();
}

void CommandListModel::setReports(const QList<CommandReport>& reports)
{
    if (reports.isEmpty() && m_reports.isEmpty())
        return;
    m_reports = reports;
    if (!m_commands.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(int(m_commands.size()) - 1, ColumnCount - 1));
}

int CommandListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_commands.size());
}

int CommandListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CommandListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const CommandReport* known = report(index.row());
    switch (role) {
    case Qt::DisplayRole: return text(index);
    case Qt::ToolTipRole: return toolTip(index.row());
    case Qt::AccessibleTextRole:
        return known ? tr("%1, %2").arg(text(index), commandStatusWord(known->status)) : text(index);
    case CommandRole: return index.row();
    case CommandStatusRole: return known ? QVariant::fromValue(known->status) : QVariant();
    default: return {};
    }
}

QVariant CommandListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    if (orientation == Qt::Vertical)
        return section + 1;
    switch (section) {
    case OperationColumn: return tr("Does");
    case TargetColumn: return tr("Target");
    case DescriptionColumn: return tr("Command");
    default: return {};
    }
}

QString CommandListModel::text(const QModelIndex& index) const
{
    const StoreCommand& command = *m_commands.at(index.row());
    switch (index.column()) {
    case OperationColumn: return command.operation();
    case TargetColumn: return command.target();
    case DescriptionColumn: return command.describe().simplified();
    default: return {};
    }
}

QString CommandListModel::toolTip(int row) const
{
    const QString description = m_commands.at(row)->describe();
    const CommandReport* known = report(row);
    return known && known->error ? description + u"\n\n"_s + known->error->text() : description;
}

const CommandReport* CommandListModel::report(int row) const
{
    // Reports come in the order of the commands; a cut list has none for the rest.
    return row < m_reports.size() ? &m_reports.at(row) : nullptr;
}

} // namespace holdpoint

#include "moc_commandlistmodel.cpp"
