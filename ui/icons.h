// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPalette>

class QPainter;

namespace holdpoint {

/// Small pictures drawn with plain lines, so that they fit either palette and any size.
/// Each has a shape of its own: none is told from another by its colour.
enum class Glyph {
    Check,
    Cross,
    Question,
    Caution,
    Ring, ///< rolled back: an empty ring
    Plus,
    Tilde,
    Minus,
    Eye, ///< preview
    List, ///< queue
    Stop,
    Open,
    Save,
    Target,
    Up,
    Down,
    Undo,
};

/// Paints the glyph into the rectangle with the given colour.
void paintGlyph(QPainter& painter, Glyph glyph, const QRectF& rect, const QColor& color);
/// The glyph in the palette's text colour, or in `color`.
[[nodiscard]] QIcon glyphIcon(Glyph glyph, const QPalette& palette, const QColor& color = {});

} // namespace holdpoint
