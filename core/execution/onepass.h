// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/batchuses.h"

namespace holdpoint {

/// The pass as it stands, through one transaction a target. What comes of it is what runPass() says, which decides
/// whether it is run once more. `uses` is usesOf(pass).
PassRest runOnePass(const PoolSource& pools, const BatchPass& pass, const BatchUses& uses, Run& run);

} // namespace holdpoint
