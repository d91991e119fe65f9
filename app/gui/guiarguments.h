// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "target/target.h"
#include "theme.h"

#include <QList>

namespace holdpoint {

/// What the window is asked to open:
///     holdpoint [--target NAME=URI]… [--journal PATH] [--theme light|dark|system] [BATCH] [SQLITE FILE]…
struct GuiArguments
{
    QList<Target> targets; ///< of --target, and of the SQLite files, in their order
    QString journal; ///< empty: the user's
    std::optional<Theme> theme;
    QString batch; ///< empty: none
    bool help = false;
    bool version = false;
};

/// Nothing is opened or read. Error: Usage.
[[nodiscard]] Result<GuiArguments> readGuiArguments(const QStringList& arguments);
[[nodiscard]] QString guiHelp();

} // namespace holdpoint
