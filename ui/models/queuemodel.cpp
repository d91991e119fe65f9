// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/queuemodel.h"

#include "models/roles.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace holdpoint {

void QueueModel::setEntries(const QList<QueueEntry>& entries)
{
    if (entries == m_entries)
        return;
    beginResetModel();
    m_entries = entries;
    endResetModel();
}

int QueueModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int QueueModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant QueueModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const QueueEntry& entry = m_entries.at(index.row());
    if (role == IdRole)
        return entry.id;
    if (role == Qt::ToolTipRole)
        return entry.reason.isEmpty() ? entry.title : entry.title + u"\n"_s + entry.reason;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case PositionColumn: return QString::number(entry.position);
    case TitleColumn: return entry.title.isEmpty() ? tr("(untitled)") : entry.title;
    case TargetsColumn: return entry.targets.join(", "_L1);
    case AddedColumn: return QLocale().toString(entry.added.toLocalTime(), u"yyyy-MM-dd HH:mm"_s);
    default: return {};
    }
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case PositionColumn: return tr("No.");
    case TitleColumn: return tr("Batch");
    case TargetsColumn: return tr("Targets");
    case AddedColumn: return tr("Queued");
    default: return {};
    }
}

} // namespace holdpoint

#include "moc_queuemodel.cpp"
