// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/effectstablemodel.h"

#include "models/roles.h"
#include "words.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace holdpoint {

void EffectsTableModel::setEffects(const QList<TargetEffects>& effects)
{
    beginResetModel();
    m_effects = effects;
    m_places.clear();
    for (int target = 0; target < m_effects.size(); ++target) {
        for (int table = 0; table < m_effects.at(target).tables.size(); ++table)
            m_places.append({ target, table });
    }
    endResetModel();
}

const TableEffects& EffectsTableModel::table(int row) const
{
    return target(row).tables.at(m_places.at(row).table);
}

const TargetEffects& EffectsTableModel::target(int row) const
{
    return m_effects.at(m_places.at(row).target);
}

int EffectsTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_places.size());
}

int EffectsTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EffectsTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const bool isCount = index.column() >= InsertedColumn && index.column() <= DeletedColumn;
    switch (role) {
    case Qt::DisplayRole: return text(index);
    case Qt::ToolTipRole: return table(index.row()).incompleteReason;
    case Qt::TextAlignmentRole: return isCount ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case SortRole: return isCount ? QVariant(count(index)) : QVariant(text(index));
    default: return {};
    }
}

QVariant EffectsTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const bool isCount = section >= InsertedColumn && section <= DeletedColumn;
    if (role == Qt::TextAlignmentRole && isCount)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TargetColumn: return tr("Target");
    case TableColumn: return tr("Table");
    case InsertedColumn: return tr("Inserts");
    case UpdatedColumn: return tr("Updates");
    case DeletedColumn: return tr("Deletes");
    case NoteColumn: return tr("Note");
    default: return {};
    }
}

QString EffectsTableModel::text(const QModelIndex& index) const
{
    const TableEffects& effects = table(index.row());
    const auto counted = [&](QChar sign) {
        const qint64 rows = count(index);
        return rows == 0 ? QString() : sign + QLocale().toString(rows);
    };
    switch (index.column()) {
    case TargetColumn: return target(index.row()).target;
    case TableColumn: return tableWord(effects.name);
    case InsertedColumn: return counted(u'+');
    case UpdatedColumn: return counted(u'~');
    case DeletedColumn: return counted(QChar(0x2212));
    case NoteColumn:
        if (!effects.complete)
            return tr("Incomplete: %1").arg(effects.incompleteReason);
        return effects.internal ? tr("kept by the engine for itself") : QString();
    default: return {};
    }
}

qint64 EffectsTableModel::count(const QModelIndex& index) const
{
    const TableEffects& effects = table(index.row());
    switch (index.column()) {
    case InsertedColumn: return effects.inserted;
    case UpdatedColumn: return effects.updated;
    case DeletedColumn: return effects.deleted;
    default: return 0;
    }
}

} // namespace holdpoint

#include "moc_effectstablemodel.cpp"
