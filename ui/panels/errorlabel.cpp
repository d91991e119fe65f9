// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/errorlabel.h"

#include "theme.h"

#include <QEvent>

namespace holdpoint {

ErrorLabel::ErrorLabel(const QString& objectName, QWidget* parent)
    : QLabel(parent)
{
    setObjectName(objectName);
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    applyColor();
    hide();
}

void ErrorLabel::showError(const QString& text)
{
    setText(text);
    setVisible(!text.isEmpty());
}

void ErrorLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyColor();
}

void ErrorLabel::applyColor()
{
    QPalette own = palette();
    own.setColor(QPalette::WindowText, markColors(own).deleted);
    if (own != palette())
        setPalette(own);
}

} // namespace holdpoint

#include "moc_errorlabel.cpp"
