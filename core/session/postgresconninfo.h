// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QSqlDatabase>

namespace holdpoint {

/// Sets a QPSQL connection up with every parameter of a libpq URI, and with Holdpoint's own for those that neither
/// the URI, a service nor the environment sets: application_name, connect_timeout and the keep-alives.
[[nodiscard]] Result<void> applyConninfo(QSqlDatabase& database, const QString& uri);

enum class PasswordState {
    NotAtFault, ///< whatever went wrong, another password would not help
    Missing, ///< the server asks for one, and libpq has it from nowhere
    Refused, ///< the server did not take it
};
/// Why a connection failed, as far as passwords go; empty: libpq's own. Tries again to find out, for some seconds.
[[nodiscard]] PasswordState passwordState(const QString& uri, const QString& password);

/// "postgresql://user@host:port/dbname" with what libpq fills in, and nothing else.
[[nodiscard]] QString serverAndUser(const QString& uri);

} // namespace holdpoint
