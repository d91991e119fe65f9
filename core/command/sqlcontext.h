// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "base/rowset.h"
#include "session/statement.h"
#include "target/target.h"

namespace holdpoint {

/// What a store needs of a database: run a statement, quote a name. One may stand inside a
/// transaction that somebody else ends, or on a pool where each call is its own transaction;
/// a store cannot tell which. Used in one thread at a time.
class SqlContext
{
public:
    virtual ~SqlContext() = default;
    [[nodiscard]] virtual EngineKind engine() const = 0;
    [[nodiscard]] virtual Result<Rowset> query(const Statement& statement) = 0;
    [[nodiscard]] virtual QByteArray quoted(const QString& identifier) const = 0;
    [[nodiscard]] virtual QByteArray placeholder(int position) const = 0;
};

} // namespace holdpoint
