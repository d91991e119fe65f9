// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/valuedelegate.h"

#include "base/value.h"
#include "models/roles.h"
#include "theme.h"

#include <QLineEdit>
#include <QPainter>
#include <QPainterPath>

namespace holdpoint {

namespace {

CellState stateOf(const QModelIndex& index)
{
    return index.data(CellStateRole).value<CellState>();
}

bool isNull(const QModelIndex& index)
{
    const QVariant value = index.data(ValueRole);
    return !value.isValid() || value.value<Value>().isNull();
}

} // namespace

void ValueDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const MarkColors colors = markColors(option->palette);
    const auto mark = [option](const QColor& text, const QColor& back) {
        option->palette.setColor(QPalette::Text, text);
        option->backgroundBrush = back;
    };
    switch (stateOf(index)) {
    case CellState::Inserted: mark(colors.inserted, colors.insertedBack); break;
    case CellState::Deleted:
        mark(colors.deleted, colors.deletedBack);
        option->font.setStrikeOut(true);
        break;
    case CellState::Changed:
        mark(colors.updated, colors.updatedBack);
        option->font.setBold(true);
        break;
    case CellState::Volatile:
        option->palette.setColor(QPalette::Text, colors.muted);
        option->font.setItalic(true);
        break;
    case CellState::Plain: break;
    }
    if (isNull(index)) {
        option->font.setItalic(true);
        if (stateOf(index) == CellState::Plain)
            option->palette.setColor(QPalette::Text, colors.muted);
    }
    option->fontMetrics = QFontMetrics(option->font);
}

void ValueDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    if (stateOf(index) != CellState::Changed)
        return;
    QPainterPath corner(option.rect.topLeft());
    corner.lineTo(option.rect.left() + 7, option.rect.top());
    corner.lineTo(option.rect.left(), option.rect.top() + 7);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->fillPath(
        corner, isSelected ? option.palette.color(QPalette::HighlightedText) : markColors(option.palette).updated);
}

QWidget* ValueDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const
{
    auto* editor = new QLineEdit(parent);
    editor->setObjectName(QStringLiteral("cellEditor"));
    editor->setAccessibleName(index.model()->headerData(index.column(), Qt::Horizontal).toString());
    editor->setFrame(false);
    editor->setAutoFillBackground(true);
    return editor;
}

void ValueDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    auto* line = qobject_cast<QLineEdit*>(editor);
    line->setPlaceholderText(isNull(index) ? index.data().toString() : QString());
    line->setText(index.data(Qt::EditRole).toString());
    line->setModified(false);
}

void ValueDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const
{
    const auto* line = qobject_cast<QLineEdit*>(editor);
    if (line->isModified())
        model->setData(index, line->text(), Qt::EditRole);
}

} // namespace holdpoint

#include "moc_valuedelegate.cpp"
