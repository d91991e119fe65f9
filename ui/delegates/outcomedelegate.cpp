// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/outcomedelegate.h"

#include "effects/effects.h"
#include "icons.h"
#include "journal/run.h"
#include "marks.h"
#include "models/roles.h"

namespace holdpoint {

namespace {

std::optional<Mark> markOf(const QModelIndex& index, const QPalette& palette)
{
    if (const QVariant outcome = index.data(OutcomeRole); outcome.isValid())
        return outcomeMark(outcome.value<Outcome>(), palette);
    if (const QVariant status = index.data(CommandStatusRole); status.isValid())
        return commandStatusMark(status.value<CommandStatus>(), palette);
    if (const QVariant change = index.data(ChangeRole); change.isValid())
        return changeMark(change.value<ChangeKind>(), palette);
    return std::nullopt;
}

} // namespace

void OutcomeDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const std::optional<Mark> mark = markOf(index, option->palette);
    if (!mark)
        return;
    const QColor selected = option->palette.color(QPalette::HighlightedText);
    const bool isSelected = option->state.testFlag(QStyle::State_Selected);
    option->features |= QStyleOptionViewItem::HasDecoration;
    option->icon = glyphIcon(mark->glyph, option->palette, isSelected ? selected : mark->color);
    option->decorationSize = QSize(14, 14);
    if (!isSelected)
        option->palette.setColor(QPalette::Text, mark->color);
}

} // namespace holdpoint

#include "moc_outcomedelegate.cpp"
