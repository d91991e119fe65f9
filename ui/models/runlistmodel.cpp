// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/runlistmodel.h"

#include "models/roles.h"
#include "words.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString targetNames(const Run& run)
{
    QStringList names;
    for (const TargetReport& target : run.targets)
        names += target.name;
    return names.join(", "_L1);
}

} // namespace

void RunListModel::setRuns(const QList<Run>& runs)
{
    if (runs == m_runs)
        return;
    const qsizetype added = runs.size() - m_runs.size();
    if (!m_runs.isEmpty() && added > 0 && runs.sliced(added) == m_runs) {
        beginInsertRows({}, 0, int(added) - 1);
        m_runs = runs;
        endInsertRows();
        return;
    }
    beginResetModel();
    m_runs = runs;
    endResetModel();
}

int RunListModel::rowOf(const RunId& id) const
{
    for (int row = 0; row < m_runs.size(); ++row) {
        if (m_runs.at(row).id == id)
            return row;
    }
    return -1;
}

int RunListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_runs.size());
}

int RunListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Run& run = m_runs.at(index.row());
    switch (role) {
    case Qt::DisplayRole: return text(index);
    case Qt::ToolTipRole: return run.reason.isEmpty() ? text(index) : run.title + u"\n"_s + run.reason;
    case SortRole: return index.column() == TimeColumn ? QVariant(run.started) : QVariant(text(index));
    case OutcomeRole: return QVariant::fromValue(run.outcome);
    case IdRole: return run.id;
    default: return {};
    }
}

QVariant RunListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn: return tr("Started");
    case TitleColumn: return tr("Batch");
    case KindColumn: return tr("Run");
    case OutcomeColumn: return tr("Outcome");
    case CauseColumn: return tr("Cause");
    case TargetsColumn: return tr("Targets");
    default: return {};
    }
}

QString RunListModel::text(const QModelIndex& index) const
{
    const Run& run = m_runs.at(index.row());
    switch (index.column()) {
    case TimeColumn: return QLocale().toString(run.started.toLocalTime(), u"yyyy-MM-dd HH:mm:ss"_s);
    case TitleColumn: return run.title.isEmpty() ? tr("(untitled)") : run.title;
    case KindColumn: return runKindWord(run.kind);
    case OutcomeColumn: return outcomeWord(run.outcome);
    case CauseColumn: return QString(run.cause).replace('-'_L1, ' '_L1);
    case TargetsColumn: return targetNames(run);
    default: return {};
    }
}

RunFilterProxy::RunFilterProxy(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SortRole);
}

void RunFilterProxy::setOutcome(std::optional<Outcome> outcome)
{
    m_outcome = outcome;
    invalidateFilter();
}

void RunFilterProxy::setText(const QString& text)
{
    m_text = text;
    invalidateFilter();
}

bool RunFilterProxy::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const auto cell = [&](int column, int role) { return sourceModel()->index(row, column, parent).data(role); };
    if (m_outcome && cell(0, OutcomeRole).value<Outcome>() != *m_outcome)
        return false;
    if (m_text.isEmpty())
        return true;
    for (int column = 0; column < sourceModel()->columnCount(parent); ++column) {
        for (const int role : { Qt::DisplayRole, Qt::ToolTipRole }) {
            if (cell(column, role).toString().contains(m_text, Qt::CaseInsensitive))
                return true;
        }
    }
    return false;
}

} // namespace holdpoint

#include "moc_runlistmodel.cpp"
