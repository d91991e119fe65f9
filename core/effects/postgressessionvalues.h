// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/statement.h"

namespace holdpoint {

/// Whether the text, a name or a statement, names something that another session has other values of: its process,
/// its client's port, the lists of sessions and locks.
[[nodiscard]] bool namesSessionValues(const QString& text);
/// Whether a function of the database's users does, or one of their views if `views`; one boolean.
[[nodiscard]] Statement sessionValuesQuestion(bool views);

} // namespace holdpoint
