// SPDX-License-Identifier: GPL-3.0-or-later
#include "outlinestyle.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace holdpoint {

namespace {

bool isDark(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QPen outline(const QStyleOption& option)
{
    const bool hasFocus = option.state.testFlag(QStyle::State_HasFocus);
    return { option.palette.color(hasFocus ? QPalette::Link : QPalette::Mid), 1 };
}

} // namespace

OutlineStyle::OutlineStyle()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
{
}

void OutlineStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                 const QWidget* widget) const
{
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (!isDark(option->palette))
        return;
    const QRectF inside = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, element == PE_IndicatorRadioButton);
    painter->setPen(outline(*option));
    painter->setBrush(Qt::NoBrush);
    switch (element) {
    case PE_FrameLineEdit:
    case PE_IndicatorCheckBox:
    case PE_Frame: painter->drawRect(inside); break;
    case PE_IndicatorRadioButton: painter->drawEllipse(inside.adjusted(1, 1, -1, -1)); break;
    default: break;
    }
    painter->restore();
}

} // namespace holdpoint

#include "moc_outlinestyle.cpp"
