// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "target/target.h"

#include <optional>

namespace holdpoint {

/// Where passwords come from besides libpq's own ways. Called from session threads, may block there, but not for ever;
/// an answer is handed to libpq and kept nowhere else.
class SecretSource
{
public:
    virtual ~SecretSource() = default;
    /// None: there is no password for this target. An Error tells why it could not be looked for, for the operator.
    [[nodiscard]] virtual Result<std::optional<QString>> password(const Target& target) = 0;
};

} // namespace holdpoint
