// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"

namespace holdpoint {

/// The composition root of both executables: what is built from what, in one place.
struct Composition
{
    std::shared_ptr<Journal> journal;
    std::shared_ptr<Workbench> workbench;
};

/// Opens the journal (an empty path: the user's) and builds the workbench over it. The future's work is not in the
/// caller's thread.
[[nodiscard]] QFuture<Result<Composition>> compose(const QString& journalPath, std::shared_ptr<SecretSource> secrets);

} // namespace holdpoint
