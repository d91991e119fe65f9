// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// The batches that wait, in the order in which they wait.
class QueueModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { PositionColumn, TitleColumn, TargetsColumn, AddedColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setEntries(const QList<QueueEntry>& entries);
    [[nodiscard]] const QueueEntry& entry(int row) const { return m_entries.at(row); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QList<QueueEntry> m_entries;
};

} // namespace holdpoint
