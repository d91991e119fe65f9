// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "target/target.h"

#include <QDir>

namespace holdpoint {

/// Reads `sqlite:PATH` or a libpq URI (`postgresql://` or `postgres://`, checked by libpq itself).
/// PATH is taken as written, a relative one from `base`. A password in the URI is refused: it would end in files and
/// logs.
[[nodiscard]] Result<Target> parseTargetUri(const QString& name, const QString& uri, const QDir& base);

/// It begins like a URI of parseTargetUri(): it is no saved target's name.
[[nodiscard]] bool isTargetUri(const QString& text);

/// The inverse: a SQLite path below `base` is written relative to it.
[[nodiscard]] QString targetUri(const Target& target, const QDir& base);

} // namespace holdpoint
