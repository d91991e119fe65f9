// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitecautions.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QStringList temporaryObjects(const TargetEffects& effects)
{
    QStringList objects;
    for (const TableEffects& table : effects.tables) {
        if (table.name.schema == "temp"_L1)
            objects.append("table temp."_L1 + table.name.table);
    }
    for (const SchemaChange& change : effects.schemaChanges) {
        if (change.object.contains(" temp."_L1) && !objects.contains(change.object))
            objects.append(change.object);
    }
    return objects;
}

} // namespace

QList<Caution> sqliteCautions(const TargetEffects& effects)
{
    QList<Caution> cautions;
    for (const QString& object : temporaryObjects(effects))
        cautions.append({ u"temporary-table"_s, u"%1 is temporary: it is gone when the run has ended"_s.arg(object) });
    const bool statistics = std::ranges::any_of(effects.tables, [](const TableEffects& table) {
        return table.internal && table.name.table.startsWith("sqlite_stat"_L1, Qt::CaseInsensitive);
    });
    if (statistics)
        cautions.append({ u"statistics-changed"_s,
                          u"the planner's statistics change: they are not compared, and an undo leaves them"_s });
    return cautions;
}

} // namespace holdpoint
