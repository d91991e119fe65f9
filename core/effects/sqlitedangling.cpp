// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitedangling.h"

#include "effects/dangling.h"
#include "effects/sqlitedangled.h"
#include "effects/sqlitekeycheck.h"
#include "effects/sqlitelednowhere.h"

namespace holdpoint {

Result<QList<Caution>> danglingCautions(SqliteConnection& connection, const TargetEffects& effects)
{
    QList<Caution> cautions;
    const bool isUndo = connection.options().suppressTriggers;
    const auto now = isUndo ? danglingKeys(connection, effects) : Result<QStringList>(QStringList());
    if (!now)
        return now.error();
    QStringList before;
    for (const auto& find : { dangledBefore, ledNowhere }) {
        const auto some = find(connection, effects);
        if (!some)
            return some.error();
        before += *some;
    }
    before.removeDuplicates();
    for (const QString& text : std::as_const(before))
        cautions.append({ dangledBeforehand, text });
    for (const QString& text : *now)
        cautions.append({ danglingNow, text });
    return cautions;
}

} // namespace holdpoint
