// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "schema/table.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// The tables of one target, with their kind and about how many rows they have.
class TableListModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { NameColumn, KindColumn, RowsColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setTables(const QList<Table>& tables);
    [[nodiscard]] const Table& table(int row) const { return m_tables.at(row); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const QModelIndex& index) const;

    QList<Table> m_tables;
};

} // namespace holdpoint
