// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "session/connection.h"

#include <libpq-fe.h>

namespace holdpoint {

/// Every field that the server sent with a failed result. `cancelled`: a cancellation was asked for, so that
/// 57014 is not a time-out.
[[nodiscard]] Error errorOf(const PGresult* result, const QByteArray& statement, bool cancelled);

/// What libpq itself says of the connection; ConnectionLost if it is gone.
[[nodiscard]] Error errorOf(PGconn* connection, const QByteArray& statement);

/// The answer to a statement that was not run because an earlier one failed: SQLSTATE 25P02.
[[nodiscard]] Error transactionFailed();

[[nodiscard]] Notice noticeOf(const PGresult* result);

} // namespace holdpoint
