// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"
#include "journal/run.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// The commands of the draft, in order, each with what became of it in the last preview. Their numbers, from 1,
/// are the vertical header: a command's own cells do not change when another one moves.
class CommandListModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { OperationColumn, TargetColumn, DescriptionColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setCommands(const QList<StoreCommandPtr>& commands);
    void insert(int at, const QList<StoreCommandPtr>& commands);
    void replace(int at, const StoreCommandPtr& command);
    void remove(int at, int count);
    void move(int from, int to); ///< `to` is the command's index afterwards
    /// Of a preview of exactly these commands; empty: none is known.
    void setReports(const QList<CommandReport>& reports);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const QModelIndex& index) const;
    [[nodiscard]] QString toolTip(int row) const;
    [[nodiscard]] const CommandReport* report(int row) const;

    QList<StoreCommandPtr> m_commands;
    QList<CommandReport> m_reports;
};

} // namespace holdpoint
