// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tablelistmodel.h"

#include "models/roles.h"
#include "words.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace holdpoint {

void TableListModel::setTables(const QList<Table>& tables)
{
    if (tables == m_tables)
        return;
    beginResetModel();
    m_tables = tables;
    endResetModel();
}

int TableListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_tables.size());
}

int TableListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TableListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Table& table = m_tables.at(index.row());
    switch (role) {
    case Qt::DisplayRole: return text(index);
    case Qt::ToolTipRole:
        return table.selectable ? table.schema + '.'_L1 + table.name : tr("You may not read all of this table.");
    case Qt::TextAlignmentRole:
        return index.column() == RowsColumn ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case SortRole: return index.column() == RowsColumn ? QVariant(table.estimatedRows) : QVariant(text(index));
    default: return {};
    }
}

QVariant TableListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section == RowsColumn)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn: return tr("Table");
    case KindColumn: return tr("Kind");
    case RowsColumn: return tr("Rows");
    default: return {};
    }
}

QString TableListModel::text(const QModelIndex& index) const
{
    const Table& table = m_tables.at(index.row());
    switch (index.column()) {
    case NameColumn: return tableWord({ table.schema, table.name });
    case KindColumn: return tableKindWord(table.kind);
    case RowsColumn: return table.estimatedRows < 0 ? tr("?") : '~'_L1 + QLocale().toString(table.estimatedRows);
    default: return {};
    }
}

} // namespace holdpoint

#include "moc_tablelistmodel.cpp"
