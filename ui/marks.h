// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "icons.h"
#include "journal/run.h"

namespace holdpoint {

/// The shape and the colour that stand for a meaning, everywhere the same.
struct Mark
{
    Glyph glyph;
    QColor color;
};
[[nodiscard]] Mark outcomeMark(Outcome outcome, const QPalette& palette);
[[nodiscard]] Mark commandStatusMark(CommandStatus status, const QPalette& palette);
[[nodiscard]] Mark changeMark(ChangeKind change, const QPalette& palette);
[[nodiscard]] QIcon markIcon(const Mark& mark, const QPalette& palette);

} // namespace holdpoint
