// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace holdpoint {

/// Fusion, whose outlines are always darker than the window, with outlines that can be seen on a dark one too:
/// of fields, lists, check boxes and radio buttons.
class OutlineStyle final : public QProxyStyle
{
    Q_OBJECT
public:
    OutlineStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
};

} // namespace holdpoint
