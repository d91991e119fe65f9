// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/driftmodel.h"

#include "models/roles.h"
#include "valuetext.h"
#include "words.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

std::optional<Value> cell(const std::optional<RowChange>& change, Row RowChange::*image, int column)
{
    if (!change)
        return std::nullopt;
    const Row& row = (*change).*image;
    return column < row.size() ? std::optional(row.at(column)) : std::nullopt;
}

QString keyText(const QList<NamedValue>& key)
{
    QStringList parts;
    for (const NamedValue& part : key)
        parts += part.column + " = "_L1 + cellText(part.value, 60);
    return parts.join(", "_L1);
}

} // namespace

void DriftModel::setDrift(const QList<DriftRow>& drift)
{
    beginResetModel();
    m_lines.clear();
    for (const DriftRow& row : drift)
        appendLines(m_lines, row);
    endResetModel();
}

void DriftModel::appendLines(QList<Line>& lines, const DriftRow& row)
{
    const Line common { row.target, tableWord(row.table), keyText(row.key), row.text, {}, {}, {}, {} };
    const qsizetype before = lines.size();
    for (int column = 0; column < row.columns.size(); ++column) {
        Line line = common;
        line.what = row.columns.at(column);
        line.previewBefore = cell(row.preview, &RowChange::before, column);
        line.previewAfter = cell(row.preview, &RowChange::after, column);
        line.nowBefore = cell(row.now, &RowChange::before, column);
        line.nowAfter = cell(row.now, &RowChange::after, column);
        if (line.previewBefore != line.nowBefore || line.previewAfter != line.nowAfter)
            lines.append(line);
    }
    if (lines.size() == before)
        lines.append(common);
}

int DriftModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_lines.size());
}

int DriftModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DriftModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Line& line = m_lines.at(index.row());
    if (index.column() >= PreviewBeforeColumn)
        return imageData(line, index.column(), role);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case TargetColumn: return line.target;
    case TableColumn: return line.table;
    case KeyColumn: return line.key;
    case WhatColumn: return line.what;
    default: return {};
    }
}

QVariant DriftModel::imageData(const Line& line, int column, int role)
{
    const std::optional<Value>& shown = value(line, column);
    const bool isNow = column >= NowBeforeColumn;
    const bool differs = isNow && shown != value(line, column - NowBeforeColumn + PreviewBeforeColumn);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: return shown ? cellText(*shown, role == Qt::DisplayRole ? 200 : 2000) : tr("no row");
    case ValueRole: return shown ? QVariant::fromValue(*shown) : QVariant();
    case CellStateRole: return QVariant::fromValue(differs ? CellState::Changed : CellState::Plain);
    default: return {};
    }
}

QVariant DriftModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const bool isUndo = m_compared == Compared::UndoWithExact;
    switch (section) {
    case TargetColumn: return tr("Target");
    case TableColumn: return tr("Table");
    case KeyColumn: return tr("Key");
    case WhatColumn: return tr("What differs");
    case PreviewBeforeColumn: return isUndo ? tr("Exact undo:\nbefore") : tr("Preview:\nbefore");
    case PreviewAfterColumn: return isUndo ? tr("Exact undo:\nafter") : tr("Preview:\nafter");
    case NowBeforeColumn: return isUndo ? tr("This undo:\nbefore") : tr("Now:\nbefore");
    case NowAfterColumn: return isUndo ? tr("This undo:\nafter") : tr("Now:\nafter");
    default: return {};
    }
}

const std::optional<Value>& DriftModel::value(const Line& line, int column)
{
    switch (column) {
    case PreviewBeforeColumn: return line.previewBefore;
    case PreviewAfterColumn: return line.previewAfter;
    case NowBeforeColumn: return line.nowBefore;
    default: return line.nowAfter;
    }
}

} // namespace holdpoint

#include "moc_driftmodel.cpp"
