// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "target/target.h"

#include <QList>

namespace holdpoint {

/// The saved list of targets, "holdpoint-targets/1": JSON, in the order that the operator gave it.
/// Read strictly; it never holds a secret. Relative SQLite paths are taken from the file's folder.
/// A file that is not there is an empty list. Error: File, or Usage with line and column. Any thread.
[[nodiscard]] Result<QList<Target>> readTargetList(const QString& path);

/// Replaces the file at once or not at all; makes its folder. The names must be unique.
[[nodiscard]] Result<void> writeTargetList(const QString& path, const QList<Target>& targets);

/// targets.json in the user's configuration directory.
[[nodiscard]] QString defaultTargetListPath();

} // namespace holdpoint
