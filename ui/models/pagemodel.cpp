// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/pagemodel.h"

#include "valuetext.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

void PageModel::setPage(const Workbench::Page& page, EngineKind engine, bool editable)
{
    beginResetModel();
    m_page = page;
    m_engine = engine;
    m_editable = editable;
    m_overlay = {};
    endResetModel();
}

void PageModel::setOverlay(const PageOverlay& overlay)
{
    if (overlay == m_overlay)
        return;
    const int stored = int(m_page.rows.rows.size());
    const int before = int(m_overlay.inserted.size());
    const int after = int(overlay.inserted.size());
    if (after > before)
        beginInsertRows({}, stored + before, stored + after - 1);
    else if (after < before)
        beginRemoveRows({}, stored + after, stored + before - 1);
    m_overlay = overlay;
    if (after > before)
        endInsertRows();
    else if (after < before)
        endRemoveRows();
    if (rowCount() > 0 && columnCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

std::optional<int> PageModel::insertedBy(int row) const
{
    const qsizetype place = row - m_page.rows.rows.size();
    return place < 0 ? std::nullopt : std::optional(m_overlay.inserted.at(place).command);
}

Row PageModel::currentRow(int row) const
{
    Row current;
    for (int column = 0; column < columnCount(); ++column)
        current.append(value(row, column).value_or(Value()));
    return current;
}

int PageModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_page.rows.rows.size() + m_overlay.inserted.size());
}

int PageModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_page.table.columns.size());
}

QVariant PageModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const std::optional<Value> shown = value(index.row(), index.column());
    switch (role) {
    case Qt::DisplayRole: return shown ? cellText(*shown) : tr("default");
    case Qt::EditRole: return shown ? editText(*shown) : QString();
    case Qt::ToolTipRole: return toolTip(index);
    case Qt::TextAlignmentRole:
        return shown && isNumeric(*shown) ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case ValueRole: return shown ? QVariant::fromValue(*shown) : QVariant();
    case CellStateRole: return QVariant::fromValue(cellState(index.row(), index.column()));
    case ColumnRole: return QVariant::fromValue(column(index.column()));
    default: return {};
    }
}

QVariant PageModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        if (role != Qt::DisplayRole)
            return {};
        return section < m_page.rows.rows.size() ? QString::number(section + 1) : tr("new");
    }
    const Column& described = column(section);
    switch (role) {
    case Qt::DisplayRole: return described.keyPosition > 0 ? tr("%1 (key)").arg(described.name) : described.name;
    case Qt::ToolTipRole: {
        QStringList words { described.type };
        if (described.notNull)
            words += tr("not null");
        if (described.generated)
            words += tr("generated");
        if (!described.defaultText.isEmpty())
            words += tr("default %1").arg(described.defaultText);
        return words.join(", "_L1);
    }
    default: return {};
    }
}

Qt::ItemFlags PageModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags plain = QAbstractTableModel::flags(index);
    const bool canEdit = index.isValid() && m_editable && !column(index.column()).generated
        && !m_overlay.deleted.contains(index.row());
    return canEdit ? plain | Qt::ItemIsEditable : plain;
}

bool PageModel::setData(const QModelIndex& index, const QVariant& newValue, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !flags(index).testFlag(Qt::ItemIsEditable))
        return false;
    const std::optional<Value> wanted = role == ValueRole
        ? std::optional(newValue.value<Value>())
        : valueFromText(newValue.toString(), column(index.column()), m_engine);
    if (!wanted)
        return false;
    if (wanted != value(index.row(), index.column()))
        Q_EMIT cellEditRequested(index.row(), index.column(), *wanted);
    return true;
}

std::optional<Value> PageModel::value(int row, int section) const
{
    const qsizetype stored = m_page.rows.rows.size();
    if (row < stored) {
        if (const auto edited = m_overlay.edited.constFind({ row, section }); edited != m_overlay.edited.constEnd())
            return *edited;
        return m_page.rows.rows.at(row).value(section);
    }
    for (const NamedValue& named : m_overlay.inserted.at(row - stored).values) {
        if (named.column == column(section).name)
            return named.value;
    }
    return std::nullopt;
}

CellState PageModel::cellState(int row, int section) const
{
    if (row >= m_page.rows.rows.size())
        return CellState::Inserted;
    if (m_overlay.deleted.contains(row))
        return CellState::Deleted;
    return m_overlay.edited.contains({ row, section }) ? CellState::Changed : CellState::Plain;
}

QString PageModel::toolTip(const QModelIndex& index) const
{
    switch (cellState(index.row(), index.column())) {
    case CellState::Inserted: return tr("A new row of the batch, not yet in the database.");
    case CellState::Deleted: return tr("The batch deletes this row.");
    case CellState::Changed:
    case CellState::Volatile:
        return tr("The batch changes this; in the database it is: %1")
            .arg(cellText(m_page.rows.rows.at(index.row()).value(index.column()), 1000));
    case CellState::Plain: break;
    }
    const std::optional<Value> shown = value(index.row(), index.column());
    return shown ? cellText(*shown, 1000) : QString();
}

} // namespace holdpoint

#include "moc_pagemodel.cpp"
