// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QPair>

namespace holdpoint {

/// Everything an Error knows, as named fields in the order in which an operator reads them; the message first.
[[nodiscard]] QList<QPair<QString, QString>> errorFields(const Error& error);
/// The same as plain text, one field a line.
[[nodiscard]] QString errorText(const Error& error);

} // namespace holdpoint
