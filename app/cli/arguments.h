// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "journal/journal.h"
#include "session/connection.h"

#include <QStringList>

namespace holdpoint::cli {

enum class Verb { Preview, Apply, Undo, Queue, Log, Resolve, Check, Help, Version };
enum class QueueVerb { List, Add, Remove, Move, Apply };

/// The command line, read and checked; nothing was opened yet.
struct Arguments
{
    Verb verb = Verb::Help;
    QueueVerb queueVerb = QueueVerb::List;
    QString file; ///< "-" is standard input
    RunId run;
    std::optional<qint64> queueId;
    int queuePosition = 0;

    bool json = false;
    bool applyUndo = false;
    bool acceptDifferences = false;
    bool quiet = false;
    bool noColor = false;
    bool timing = false;
    bool verifyFully = false;
    QString expect;
    std::optional<qint64> maxRows;
    QString journal;
    QString scriptTarget; ///< --target without a name: a saved target or a URI
    QStringList targetOverrides; ///< NAME=URI
    ConnectionOptions connection;
    RunFilter filter;
};

/// Error: ErrorKind::Usage, exit 2.
[[nodiscard]] Result<Arguments> parseArguments(const QStringList& arguments);
[[nodiscard]] QString helpText();

} // namespace holdpoint::cli
