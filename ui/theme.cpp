// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include "outlinestyle.h"

#include <QApplication>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

struct Shades
{
    QRgb window, base, alternate, text, button, outline, highlight, highlightedText, placeholder, disabled, link,
        tooltip;
};

QPalette paletteFrom(const Shades& shades)
{
    QPalette palette(QColor(shades.button), QColor(shades.window));
    palette.setColor(QPalette::Window, shades.window);
    palette.setColor(QPalette::WindowText, shades.text);
    palette.setColor(QPalette::Base, shades.base);
    palette.setColor(QPalette::AlternateBase, shades.alternate);
    palette.setColor(QPalette::Text, shades.text);
    palette.setColor(QPalette::Button, shades.button);
    palette.setColor(QPalette::ButtonText, shades.text);
    palette.setColor(QPalette::Mid, shades.outline);
    palette.setColor(QPalette::BrightText, shades.highlightedText);
    palette.setColor(QPalette::Highlight, shades.highlight);
    palette.setColor(QPalette::HighlightedText, shades.highlightedText);
    palette.setColor(QPalette::PlaceholderText, shades.placeholder);
    palette.setColor(QPalette::Link, shades.link);
    palette.setColor(QPalette::LinkVisited, shades.link);
    palette.setColor(QPalette::ToolTipBase, shades.tooltip);
    palette.setColor(QPalette::ToolTipText, shades.text);
    for (const auto role : { QPalette::Text, QPalette::WindowText, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, shades.disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, shades.button);
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, shades.disabled);
    return palette;
}

double linear(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

QString themeName(Theme theme)
{
    switch (theme) {
    case Theme::System: return u"system"_s;
    case Theme::Light: return u"light"_s;
    case Theme::Dark: return u"dark"_s;
    }
    Q_UNREACHABLE();
}

std::optional<Theme> themeFromName(const QString& name)
{
    for (const Theme theme : { Theme::System, Theme::Light, Theme::Dark }) {
        if (themeName(theme) == name)
            return theme;
    }
    return std::nullopt;
}

QPalette lightPalette()
{
    return paletteFrom({ .window = 0xfff3f4f6,
                         .base = 0xffffffff,
                         .alternate = 0xfff7f8fa,
                         .text = 0xff1b1d21,
                         .button = 0xffeceef1,
                         .outline = 0xff8b9099,
                         .highlight = 0xff1f5fbf,
                         .highlightedText = 0xffffffff,
                         .placeholder = 0xff666b73,
                         .disabled = 0xff7b8089,
                         .link = 0xff1a56b0,
                         .tooltip = 0xffffffff });
}

QPalette darkPalette()
{
    return paletteFrom({ .window = 0xff26282c,
                         .base = 0xff1c1e21,
                         .alternate = 0xff222428,
                         .text = 0xffe7e9ec,
                         .button = 0xff34373d,
                         .outline = 0xff767c86,
                         .highlight = 0xff2f66b8,
                         .highlightedText = 0xffffffff,
                         .placeholder = 0xff9aa0a9,
                         .disabled = 0xff8b9099,
                         .link = 0xff86b6ff,
                         .tooltip = 0xff2e3136 });
}

void applyTheme(QApplication& application, Theme theme)
{
    if (theme == Theme::System) {
        application.setPalette(QPalette());
        return;
    }
    if (!qobject_cast<OutlineStyle*>(application.style()))
        application.setStyle(new OutlineStyle);
    application.setPalette(theme == Theme::Light ? lightPalette() : darkPalette());
}

MarkColors markColors(const QPalette& palette)
{
    const bool isDark = luminance(palette.color(QPalette::Base)) < 0.18;
    if (isDark)
        return { .inserted = 0xff86dca0,
                 .insertedBack = 0xff1d3325,
                 .updated = 0xfff2cb7c,
                 .updatedBack = 0xff3a3018,
                 .deleted = 0xffffa3a3,
                 .deletedBack = 0xff42201f,
                 .caution = 0xfff2cb7c,
                 .cautionBack = 0xff3a3018,
                 .muted = 0xff9fa5ae,
                 .production = 0xffffffff,
                 .productionBack = 0xff9c2a2a };
    return { .inserted = 0xff12612a,
             .insertedBack = 0xffe4f3e8,
             .updated = 0xff734a00,
             .updatedBack = 0xfffdf0d0,
             .deleted = 0xff9c1419,
             .deletedBack = 0xfffce6e6,
             .caution = 0xff734a00,
             .cautionBack = 0xfffdf0d0,
             .muted = 0xff5d626b,
             .production = 0xffffffff,
             .productionBack = 0xffa61e22 };
}

double contrast(const QColor& one, const QColor& other)
{
    const auto [darker, lighter] = std::minmax(luminance(one), luminance(other));
    return (lighter + 0.05) / (darker + 0.05);
}

} // namespace holdpoint
