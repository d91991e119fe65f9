// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/targetlistmodel.h"

#include "models/roles.h"
#include "words.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

void TargetListModel::setTargets(const QList<Target>& targets)
{
    if (targets == m_targets)
        return;
    beginResetModel();
    m_targets = targets;
    endResetModel();
}

int TargetListModel::rowOf(const QString& name) const
{
    for (int row = 0; row < m_targets.size(); ++row) {
        if (m_targets.at(row).name == name)
            return row;
    }
    return -1;
}

int TargetListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_targets.size());
}

QVariant TargetListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Target& target = m_targets.at(index.row());
    switch (role) {
    case Qt::DisplayRole: {
        QStringList words { engineWord(target.engine) };
        if (target.environment != Environment::Development)
            words += environmentWord(target.environment).toUpper();
        if (target.readOnly)
            words += tr("read-only");
        return tr("%1 (%2)").arg(target.name, words.join(", "_L1));
    }
    case Qt::ToolTipRole: return target.address;
    case EnvironmentRole: return QVariant::fromValue(target.environment);
    default: return {};
    }
}

} // namespace holdpoint

#include "moc_targetlistmodel.cpp"
