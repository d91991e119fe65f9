// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// The changed rows of one table: what happened, by which command, then one column for each of the
/// table's columns, where a changed cell has a before and an after.
class RowChangesModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { ChangeColumn, OriginColumn, CommandColumn, FirstValueColumn };

    using QAbstractTableModel::QAbstractTableModel;

    void setTable(const TableEffects& table);
    void clear() { setTable({}); }
    /// Whether some row's change shows in this column: for a proxy that hides the others. Keys always do.
    [[nodiscard]] bool isChangedColumn(int column) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QVariant rowData(const RowChange& row, int column, int role) const;
    [[nodiscard]] QVariant cellData(const RowChange& row, int column, int role) const;

    TableEffects m_table;
    QList<bool> m_changedColumns;
};

} // namespace holdpoint
