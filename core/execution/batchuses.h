// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// What the commands of a batch are about.
struct BatchUses
{
    QList<Target> targets;
    bool allKnown = true; ///< a command of a program's own may make up values itself
    bool sessionOfItsOwn = false; ///< see ConnectionOptions
    QHash<QString, QList<TableName>> rewritten; ///< by target
    bool brief = false; ///< see Beginning
};

[[nodiscard]] BatchUses usesOf(const BatchPass& pass);

} // namespace holdpoint
