// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"

namespace holdpoint {

/// Ordered commands with a title, a reason and the targets they name. A value: it knows nothing of who runs it.
struct Batch
{
    QString title;
    QString reason;
    QList<Target> targets; ///< in the order of the file; every command names one of them
    QList<StoreCommandPtr> commands;

    [[nodiscard]] const Target* target(const QString& name) const;
    friend bool operator==(const Batch& left, const Batch& right);
};

} // namespace holdpoint
