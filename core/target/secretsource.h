// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "target/target.h"

#include <optional>

namespace holdpoint {

/// Where passwords come from besides libpq's own ways. Called from session threads, may block there;
/// an answer is used for one connection attempt and not kept.
class SecretSource
{
public:
    virtual ~SecretSource() = default;
    [[nodiscard]] virtual std::optional<QString> password(const Target& target) = 0;
};

} // namespace holdpoint
