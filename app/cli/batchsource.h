// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "arguments.h"
#include "command/batch.h"

namespace holdpoint::cli {

/// The batch that the arguments name: a batch file, or an SQL script on --target; from a file or standard input.
[[nodiscard]] Result<Batch> readBatchSource(const Arguments& arguments);

} // namespace holdpoint::cli
