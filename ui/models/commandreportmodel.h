// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/run.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// What became of each command of one run.
class CommandReportModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { NumberColumn, StatusColumn, TargetColumn, DescriptionColumn, RowsColumn, MessageColumn, ColumnCount };
    enum class Which { All, FailedOnly };

    explicit CommandReportModel(Which which, QObject* parent = nullptr);

    void setReports(const QList<CommandReport>& reports);
    [[nodiscard]] const CommandReport& report(int row) const { return m_reports.at(row); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const QModelIndex& index) const;

    Which m_which;
    QList<CommandReport> m_reports;
};

} // namespace holdpoint
