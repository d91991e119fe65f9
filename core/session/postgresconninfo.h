// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QSqlDatabase>

namespace holdpoint {

/// Sets a QPSQL connection up with every parameter of a libpq URI, and with Holdpoint's own for those that neither
/// the URI, a service nor the environment sets: application_name, connect_timeout and the keep-alives.
[[nodiscard]] Result<void> applyConninfo(QSqlDatabase& database, const QString& uri);

/// True if the server asks for a password that libpq has from nowhere. Connects to find out.
[[nodiscard]] bool needsPassword(const QString& uri);

} // namespace holdpoint
