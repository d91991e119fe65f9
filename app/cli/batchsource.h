// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "arguments.h"
#include "command/batch.h"

#include <functional>

namespace holdpoint::cli {

/// The batch that the arguments name: a batch file, or an SQL script on --target; from a file or standard input.
/// `begins` is called with a batch file's text before it is read.
[[nodiscard]] Result<Batch> readBatchSource(const Arguments& arguments,
                                            const std::function<void(const QByteArray& json)>& begins = {});

} // namespace holdpoint::cli
