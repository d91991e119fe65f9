// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "command/runsql.h"
#include "command/statementinfo.h"

namespace holdpoint {

/// The batch "Change" of a script's statements.
inline Batch batchOf(const Target& target, const QByteArray& script)
{
    Batch batch;
    batch.title = QStringLiteral("Change");
    batch.targets = { target };
    const auto statements = splitScript(target.engine, QString::fromUtf8(script));
    for (const ScriptStatement& statement : statements ? *statements : QList<ScriptStatement>())
        batch.commands.append(std::make_shared<RunSql>(target.name, statement.text));
    return batch;
}

} // namespace holdpoint
