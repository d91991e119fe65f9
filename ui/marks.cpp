// SPDX-License-Identifier: GPL-3.0-or-later
#include "marks.h"

#include "theme.h"

namespace holdpoint {

Mark outcomeMark(Outcome outcome, const QPalette& palette)
{
    const MarkColors colors = markColors(palette);
    switch (outcome) {
    case Outcome::Ready: return { Glyph::Eye, colors.inserted };
    case Outcome::Failed: return { Glyph::Cross, colors.deleted };
    case Outcome::Committed: return { Glyph::Check, colors.inserted };
    case Outcome::RolledBack: return { Glyph::Ring, colors.updated };
    case Outcome::RollbackFailed: return { Glyph::Caution, colors.deleted };
    case Outcome::InDoubt: return { Glyph::Question, colors.deleted };
    }
    Q_UNREACHABLE();
}

Mark commandStatusMark(CommandStatus status, const QPalette& palette)
{
    const MarkColors colors = markColors(palette);
    switch (status) {
    case CommandStatus::Ok: return { Glyph::Check, colors.inserted };
    case CommandStatus::Failed: return { Glyph::Cross, colors.deleted };
    case CommandStatus::Skipped: return { Glyph::Ring, colors.muted };
    }
    Q_UNREACHABLE();
}

Mark changeMark(ChangeKind change, const QPalette& palette)
{
    const MarkColors colors = markColors(palette);
    switch (change) {
    case ChangeKind::Insert: return { Glyph::Plus, colors.inserted };
    case ChangeKind::Update: return { Glyph::Tilde, colors.updated };
    case ChangeKind::Delete: return { Glyph::Minus, colors.deleted };
    }
    Q_UNREACHABLE();
}

QIcon markIcon(const Mark& mark, const QPalette& palette)
{
    return glyphIcon(mark.glyph, palette, mark.color);
}

} // namespace holdpoint
