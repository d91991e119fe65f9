// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace holdpoint {

/// Those of `names` that `wanted` is likely a slip of, the nearest first, at most three. Case does not count.
[[nodiscard]] QStringList nearNames(const QString& wanted, const QStringList& names);
/// "Did you mean a, b?", empty without a near name.
[[nodiscard]] QString nearNamesHint(const QString& wanted, const QStringList& names);

} // namespace holdpoint
