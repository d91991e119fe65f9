// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace holdpoint {

/// How deep the parse tree of a text may become, from its tokens alone: never less than it will be, and not much
/// more. 0 if the scanner refuses the text. Any thread.
[[nodiscard]] int postgresNesting(const QByteArray& text);

} // namespace holdpoint
