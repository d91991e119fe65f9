// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/productionbanner.h"

#include "theme.h"

#include <QEvent>

using namespace Qt::StringLiterals;

namespace holdpoint {

ProductionBanner::ProductionBanner(QWidget* parent)
    : QLabel(parent)
{
    setObjectName(u"productionBanner"_s);
    setTextFormat(Qt::PlainText);
    setAlignment(Qt::AlignCenter);
    setAutoFillBackground(true);
    setMargin(5);
    QFont bold = font();
    bold.setBold(true);
    setFont(bold);
    applyColors();
    hide();
}

void ProductionBanner::setTargets(const QList<Target>& targets)
{
    QStringList names;
    for (const Target& target : targets) {
        if (target.environment == Environment::Production && !names.contains(target.name))
            names += target.name;
    }
    setText(tr("PRODUCTION: %1").arg(names.join(", "_L1)));
    setVisible(!names.isEmpty());
}

void ProductionBanner::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyColors();
}

void ProductionBanner::applyColors()
{
    const MarkColors colors = markColors(palette());
    QPalette own = palette();
    own.setColor(QPalette::Window, colors.productionBack);
    own.setColor(QPalette::WindowText, colors.production);
    if (own != palette())
        setPalette(own);
}

} // namespace holdpoint

#include "moc_productionbanner.cpp"
