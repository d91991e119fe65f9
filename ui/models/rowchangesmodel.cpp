// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rowchangesmodel.h"

#include "models/roles.h"
#include "valuetext.h"
#include "words.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

CellState cellState(const RowChange& row, int column)
{
    if (row.change == ChangeKind::Insert)
        return CellState::Inserted;
    if (row.change == ChangeKind::Delete)
        return CellState::Deleted;
    if (row.before.value(column) == row.after.value(column))
        return CellState::Plain;
    return row.volatileColumns.contains(column) ? CellState::Volatile : CellState::Changed;
}

Value shownValue(const RowChange& row, int column)
{
    return row.change == ChangeKind::Delete ? row.before.value(column) : row.after.value(column);
}

bool isChanged(CellState state)
{
    return state == CellState::Changed || state == CellState::Volatile;
}

// Whole rows that come or go show in every column; the walk over updates ends once all columns are known.
QList<bool> changedColumns(const TableEffects& table)
{
    QList<bool> changed(table.columns.size(), false);
    for (const int key : table.keyColumns)
        changed[key] = true;
    for (const RowChange& row : table.rows) {
        if (row.change != ChangeKind::Update)
            return QList<bool>(table.columns.size(), true);
        for (int column = 0; column < changed.size(); ++column)
            changed[column] = changed.at(column) || row.before.value(column) != row.after.value(column);
    }
    return changed;
}

} // namespace

void RowChangesModel::setTable(const TableEffects& table)
{
    beginResetModel();
    m_table = table;
    m_changedColumns = changedColumns(table);
    endResetModel();
}

bool RowChangesModel::isChangedColumn(int column) const
{
    return column < FirstValueColumn || m_changedColumns.value(column - FirstValueColumn, false);
}

int RowChangesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_table.rows.size());
}

int RowChangesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : FirstValueColumn + int(m_table.columns.size());
}

QVariant RowChangesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const RowChange& row = m_table.rows.at(index.row());
    if (role == ChangeRole)
        return QVariant::fromValue(row.change);
    if (role == CommandRole)
        return row.command ? QVariant(*row.command) : QVariant();
    return index.column() < FirstValueColumn ? rowData(row, index.column(), role)
                                             : cellData(row, index.column() - FirstValueColumn, role);
}

QVariant RowChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case ChangeColumn: return tr("Change");
    case OriginColumn: return tr("Origin");
    case CommandColumn: return tr("By");
    default: break;
    }
    const int column = section - FirstValueColumn;
    const QString name = m_table.columns.value(column);
    return m_table.keyColumns.contains(column) ? tr("%1 (key)").arg(name) : name;
}

QVariant RowChangesModel::rowData(const RowChange& row, int column, int role) const
{
    const bool isShown = role == Qt::DisplayRole || role == SortRole;
    switch (column) {
    case ChangeColumn:
        if (role == Qt::ToolTipRole && !row.partition.isEmpty())
            return tr("In the partition %1").arg(row.partition);
        return isShown ? QVariant(changeWord(row.change)) : QVariant();
    case OriginColumn: return isShown ? QVariant(originWord(row.origin)) : QVariant();
    case CommandColumn:
        if (role == Qt::DisplayRole)
            return row.command ? tr("no. %1").arg(*row.command + 1) : tr("unknown");
        return role == SortRole ? QVariant(row.command.value_or(-1)) : QVariant();
    default: return {};
    }
}

QVariant RowChangesModel::cellData(const RowChange& row, int column, int role) const
{
    const CellState state = cellState(row, column);
    switch (role) {
    case Qt::DisplayRole:
        if (isChanged(state))
            return cellText(row.before.value(column)) + u" → "_s + cellText(row.after.value(column));
        return cellText(shownValue(row, column));
    case Qt::ToolTipRole:
        if (state == CellState::Volatile)
            return tr("This value differs at every run; it is left out of the comparison.");
        return isChanged(state)
            ? tr("before: %1\nafter: %2")
                  .arg(cellText(row.before.value(column), 2000), cellText(row.after.value(column), 2000))
            : QVariant();
    case Qt::AccessibleTextRole:
        return isChanged(state)
            ? tr("%1 changed to %2").arg(cellText(row.before.value(column)), cellText(row.after.value(column)))
            : QVariant(cellText(shownValue(row, column)));
    case Qt::TextAlignmentRole:
        return isNumeric(shownValue(row, column)) ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case CellStateRole: return QVariant::fromValue(state);
    case ValueRole: return QVariant::fromValue(shownValue(row, column));
    case BeforeRole: return QVariant::fromValue(row.before.value(column));
    case AfterRole: return QVariant::fromValue(row.after.value(column));
    default: return {};
    }
}

} // namespace holdpoint

#include "moc_rowchangesmodel.cpp"
