// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPalette>

#include <optional>

class QApplication;

namespace holdpoint {

enum class Theme { System, Light, Dark };

[[nodiscard]] QString themeName(Theme theme); ///< "system", "light", "dark"
[[nodiscard]] std::optional<Theme> themeFromName(const QString& name);

[[nodiscard]] QPalette lightPalette();
[[nodiscard]] QPalette darkPalette();

/// Light and Dark: Fusion with our palette. System: the desktop's colours, in Fusion once one of the others was chosen.
void applyTheme(QApplication& application, Theme theme);

/// Colours with a meaning, for text on the palette's base, on each one's own `…Back`, and as marks.
/// Every pair has a contrast of at least 4.5:1; no meaning is carried by colour alone.
struct MarkColors
{
    QColor inserted, insertedBack;
    QColor updated, updatedBack;
    QColor deleted, deletedBack;
    QColor caution, cautionBack;
    QColor muted; ///< NULL, hints, what is of no weight
    QColor production, productionBack; ///< the banner
};
[[nodiscard]] MarkColors markColors(const QPalette& palette);

/// The contrast ratio of WCAG 2, from 1 to 21.
[[nodiscard]] double contrast(const QColor& one, const QColor& other);

} // namespace holdpoint
