// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"
#include "transaction/unitofwork.h"

namespace holdpoint {

/// Reading a target for the eye, in reader sessions. Never the GUI's thread.
[[nodiscard]] Result<QList<Table>> readTables(const PoolSource& pools, const Target& target,
                                              const ConnectionOptions& options);
[[nodiscard]] Result<Workbench::Page> readPage(const PoolSource& pools, const Target& target, const TableName& name,
                                               int limit, const ConnectionOptions& options);

} // namespace holdpoint
