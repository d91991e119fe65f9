// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commandreportmodel.h"

#include "models/roles.h"
#include "words.h"

#include <QLocale>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

CommandReportModel::CommandReportModel(Which which, QObject* parent)
    : QAbstractTableModel(parent)
    , m_which(which)
{
}

void CommandReportModel::setReports(const QList<CommandReport>& reports)
{
    beginResetModel();
    m_reports = reports;
    if (m_which == Which::FailedOnly)
        m_reports.removeIf([](const CommandReport& report) { return report.status != CommandStatus::Failed; });
    endResetModel();
}

int CommandReportModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_reports.size());
}

int CommandReportModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CommandReportModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const CommandReport& report = m_reports.at(index.row());
    const bool isNumber = index.column() == NumberColumn || index.column() == RowsColumn;
    switch (role) {
    case Qt::DisplayRole: return text(index);
    case Qt::ToolTipRole:
        return report.error ? report.description + u"\n\n"_s + report.error->text() : report.description;
    case Qt::TextAlignmentRole: return isNumber ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case SortRole:
        return index.column() == RowsColumn  ? QVariant(report.rows)
            : index.column() == NumberColumn ? QVariant(report.index)
                                             : QVariant(text(index));
    case CommandRole: return report.index;
    case CommandStatusRole: return QVariant::fromValue(report.status);
    default: return {};
    }
}

QVariant CommandReportModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NumberColumn: return tr("No.");
    case StatusColumn: return tr("Status");
    case TargetColumn: return tr("Target");
    case DescriptionColumn: return tr("Command");
    case RowsColumn: return tr("Rows");
    case MessageColumn: return tr("Message");
    default: return {};
    }
}

QString CommandReportModel::text(const QModelIndex& index) const
{
    const CommandReport& report = m_reports.at(index.row());
    switch (index.column()) {
    case NumberColumn: return QString::number(report.index + 1);
    case StatusColumn: return commandStatusWord(report.status);
    case TargetColumn: return report.target;
    case DescriptionColumn: return report.description.simplified();
    case RowsColumn: return report.status == CommandStatus::Ok ? QLocale().toString(report.rows) : QString();
    case MessageColumn: return report.error ? report.error->message.simplified() : QString();
    default: return {};
    }
}

} // namespace holdpoint

#include "moc_commandreportmodel.cpp"
