// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batchtext.h"
#include "command/storecommand.h"

#include <memory>

namespace holdpoint {

/// Ordered commands with a title, a reason and the targets they name. A value: it knows nothing of who runs it.
struct Batch
{
    QString title;
    QString reason;
    QList<Target> targets; ///< in the order of the file; every command names one of them
    QList<StoreCommandPtr> commands;

    [[nodiscard]] const Target* target(const QString& name) const;

    /// What it was read from; null if it was not read, or was changed since.
    [[nodiscard]] const BatchText* text() const;
    /// Of the batch as it is now.
    void setText(BatchText text);

    friend bool operator==(const Batch& left, const Batch& right); ///< whatever they were read from

private:
    struct Read;
    std::shared_ptr<const Read> m_read;
};

} // namespace holdpoint
