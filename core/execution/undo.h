// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchpass.h"

namespace holdpoint {

/// The inverse of a committed run as a batch; reads the schema of its targets. Error: no such run, one that did not
/// commit, or what of it cannot be undone. Never the GUI's thread.
[[nodiscard]] Result<Batch> undoBatch(const PoolSource& pools, Journal& journal, const RunId& run,
                                      const ConnectionOptions& options);

} // namespace holdpoint
