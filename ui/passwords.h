// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/givensecrets.h"

#include <QFuture>

#include <functional>
#include <memory>

namespace holdpoint {

/// Where a password goes that the operator typed into the window.
struct Passwords
{
    std::shared_ptr<GivenSecrets> given; ///< of the sessions; null: the window does not ask for passwords
    std::function<QFuture<Result<void>>(const Target&, const QString&)> remember; ///< empty: there is no keychain
};

} // namespace holdpoint
