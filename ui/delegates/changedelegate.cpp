// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/changedelegate.h"

#include "base/value.h"
#include "models/roles.h"
#include "theme.h"
#include "valuetext.h"

#include <QApplication>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int Margin = 4;

struct Segment
{
    QString text;
    QFont font;
    QColor color;
};

bool isBeforeAfter(const QModelIndex& index)
{
    const auto state = index.data(CellStateRole).value<CellState>();
    return state == CellState::Changed || state == CellState::Volatile;
}

QList<Segment> segments(const QModelIndex& index, const QStyleOptionViewItem& option)
{
    QFont old = option.font;
    old.setBold(false);
    old.setStrikeOut(true);
    QFont arrow = option.font;
    arrow.setBold(false);
    QFont fresh = option.font;
    fresh.setBold(true);
    const MarkColors colors = markColors(option.palette);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const QColor selected = option.palette.color(QPalette::HighlightedText);
    return { { cellText(index.data(BeforeRole).value<Value>()), old, isSelected ? selected : colors.deleted },
             { u" → "_s, arrow, isSelected ? selected : colors.muted },
             { cellText(index.data(AfterRole).value<Value>()), fresh, isSelected ? selected : colors.updated } };
}

// On the caution's back, the colours of delete and muted text keep their contrast too; tst_theme says so.
void paintSegments(QPainter& painter, QRect rect, const QList<Segment>& parts)
{
    for (const Segment& part : parts) {
        const QFontMetrics metrics(part.font);
        const QString shown = metrics.elidedText(part.text, Qt::ElideRight, rect.width());
        painter.setFont(part.font);
        painter.setPen(part.color);
        painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
        rect.setLeft(rect.left() + metrics.horizontalAdvance(part.text));
        if (rect.width() <= 0)
            return;
    }
}

} // namespace

void ChangeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (!isBeforeAfter(index)) {
        ValueDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem own = option;
    initStyleOption(&own, index);
    own.text.clear();
    const QStyle* style = own.widget ? own.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &own, painter, own.widget);
    painter->save();
    painter->setClipRect(option.rect);
    QStyleOptionViewItem plain = option;
    plain.font.setItalic(own.font.italic());
    paintSegments(*painter, option.rect.adjusted(Margin, 0, -Margin, 0), segments(index, plain));
    painter->restore();
}

QSize ChangeDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = ValueDelegate::sizeHint(option, index);
    if (!isBeforeAfter(index))
        return size;
    int width = 2 * Margin + 2;
    for (const Segment& part : segments(index, option))
        width += QFontMetrics(part.font).horizontalAdvance(part.text);
    size.setWidth(width);
    return size;
}

} // namespace holdpoint

#include "moc_changedelegate.cpp"
