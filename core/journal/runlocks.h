// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "journal/run.h"

#include <QLockFile>

#include <map>
#include <memory>

namespace holdpoint {

/// Tells which runs a living process still works on: each has a lock file beside the journal from its intent to
/// its outcome. The lock of a process that died is found stale. Used in the journal's thread only.
class RunLocks
{
public:
    explicit RunLocks(QString journalPath);

    [[nodiscard]] Result<void> hold(const RunId& run);
    void release(const RunId& run);
    [[nodiscard]] bool isHeld(const RunId& run) const;
    /// Removes the files of processes that died.
    void removeStale() const;

private:
    [[nodiscard]] QString fileOf(const RunId& run) const;

    QString m_path;
    std::map<RunId, std::unique_ptr<QLockFile>> m_held;
};

} // namespace holdpoint
