// SPDX-License-Identifier: GPL-3.0-or-later
#include "icons.h"

#include <QPainter>
#include <QPainterPath>

namespace holdpoint {

namespace {

// On a grid of 16 x 16.
QPainterPath lines(std::initializer_list<std::initializer_list<QPointF>> strokes)
{
    QPainterPath path;
    for (const auto& stroke : strokes) {
        bool isFirst = true;
        for (const QPointF& point : stroke) {
            if (isFirst)
                path.moveTo(point);
            else
                path.lineTo(point);
            isFirst = false;
        }
    }
    return path;
}

QPainterPath eyePath()
{
    QPainterPath path(QPointF(1.5, 8));
    path.quadTo(8, 0.5, 14.5, 8);
    path.quadTo(8, 15.5, 1.5, 8);
    path.addEllipse(QPointF(8, 8), 2.2, 2.2);
    return path;
}

QPainterPath questionPath()
{
    QPainterPath path(QPointF(5, 5.5));
    path.cubicTo(5, 1.5, 11.5, 1.5, 11, 5.5);
    path.cubicTo(10.8, 7.5, 8, 7.8, 8, 10.5);
    path.moveTo(8, 13);
    path.lineTo(8, 13.4);
    return path;
}

QPainterPath targetPath()
{
    QPainterPath path;
    path.addEllipse(QRectF(2.5, 1.5, 11, 4));
    path.moveTo(2.5, 3.5);
    path.lineTo(2.5, 12.5);
    path.quadTo(8, 16, 13.5, 12.5);
    path.lineTo(13.5, 3.5);
    path.moveTo(2.5, 8);
    path.quadTo(8, 11.5, 13.5, 8);
    return path;
}

QPainterPath undoPath()
{
    QPainterPath path(QPointF(3, 6));
    path.lineTo(10, 6);
    path.cubicTo(14.5, 6, 14.5, 13, 10, 13);
    path.lineTo(6, 13);
    path.moveTo(6, 3);
    path.lineTo(3, 6);
    path.lineTo(6, 9);
    return path;
}

QPainterPath ringPath()
{
    QPainterPath path;
    path.addEllipse(QPointF(8, 8), 5, 5);
    return path;
}

QPainterPath glyphPath(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Check: return lines({ { { 2.5, 8.5 }, { 6.5, 12.5 }, { 13.5, 4 } } });
    case Glyph::Cross: return lines({ { { 3.5, 3.5 }, { 12.5, 12.5 } }, { { 12.5, 3.5 }, { 3.5, 12.5 } } });
    case Glyph::Question: return questionPath();
    case Glyph::Caution:
        return lines({ { { 8, 2 }, { 14.5, 13.5 }, { 1.5, 13.5 }, { 8, 2 } },
                       { { 8, 6 }, { 8, 9.5 } },
                       { { 8, 11.4 }, { 8, 11.6 } } });
    case Glyph::Ring: return ringPath();
    case Glyph::Plus: return lines({ { { 8, 3 }, { 8, 13 } }, { { 3, 8 }, { 13, 8 } } });
    case Glyph::Tilde: return lines({ { { 2.5, 9.5 }, { 5.5, 6.5 }, { 10.5, 9.5 }, { 13.5, 6.5 } } });
    case Glyph::Minus: return lines({ { { 3, 8 }, { 13, 8 } } });
    case Glyph::Eye: return eyePath();
    case Glyph::List:
        return lines({ { { 2.5, 4 }, { 13.5, 4 } }, { { 2.5, 8 }, { 13.5, 8 } }, { { 2.5, 12 }, { 13.5, 12 } } });
    case Glyph::Stop: return lines({ { { 3.5, 3.5 }, { 12.5, 3.5 }, { 12.5, 12.5 }, { 3.5, 12.5 }, { 3.5, 3.5 } } });
    case Glyph::Open:
        return lines({ { { 1.5, 13 }, { 1.5, 3 }, { 6, 3 }, { 7.5, 5 }, { 14.5, 5 }, { 14.5, 13 }, { 1.5, 13 } } });
    case Glyph::Save:
        return lines(
            { { { 8, 2 }, { 8, 10 } }, { { 4.5, 6.5 }, { 8, 10 }, { 11.5, 6.5 } }, { { 2.5, 13.5 }, { 13.5, 13.5 } } });
    case Glyph::Target: return targetPath();
    case Glyph::Up: return lines({ { { 3.5, 10.5 }, { 8, 5.5 }, { 12.5, 10.5 } } });
    case Glyph::Down: return lines({ { { 3.5, 5.5 }, { 8, 10.5 }, { 12.5, 5.5 } } });
    case Glyph::Undo: return undoPath();
    }
    Q_UNREACHABLE();
}

QPixmap glyphPixmap(Glyph glyph, const QColor& color, qreal ratio)
{
    QPixmap pixmap(QSize(16, 16) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintGlyph(painter, glyph, QRectF(0, 0, 16, 16), color);
    return pixmap;
}

} // namespace

void paintGlyph(QPainter& painter, Glyph glyph, const QRectF& rect, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(rect.topLeft());
    painter.scale(rect.width() / 16, rect.height() / 16);
    painter.setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(glyphPath(glyph));
    painter.restore();
}

QIcon glyphIcon(Glyph glyph, const QPalette& palette, const QColor& color)
{
    QIcon icon;
    const QColor normal = color.isValid() ? color : palette.color(QPalette::Active, QPalette::ButtonText);
    const QColor disabled = palette.color(QPalette::Disabled, QPalette::ButtonText);
    for (const qreal ratio : { 1.0, 2.0 }) {
        icon.addPixmap(glyphPixmap(glyph, normal, ratio), QIcon::Normal);
        icon.addPixmap(glyphPixmap(glyph, disabled, ratio), QIcon::Disabled);
    }
    return icon;
}

} // namespace holdpoint
