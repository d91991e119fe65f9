// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/run.h"
#include "terminal.h"

namespace holdpoint::cli {

constexpr qint64 defaultRowsShown = 50; // a table, for people

/// A run as an operator likes to read it: outcome first, then failures, effects, drift and cautions.
[[nodiscard]] QString runText(const Run& run, const Terminal& terminal, qint64 maxRows);
/// The list of runs, aligned, newest first.
[[nodiscard]] QString runListText(const QList<Run>& runs, const Terminal& terminal);
[[nodiscard]] QString queueText(const QList<QueueEntry>& entries, const Terminal& terminal);
[[nodiscard]] QByteArray queueJson(const QList<QueueEntry>& entries);

/// The contract's exit codes.
[[nodiscard]] int exitCode(const Error& error);
[[nodiscard]] int exitCode(const Run& run);

} // namespace holdpoint::cli
