// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undoable.h"

#include "effects/comparedtables.h"
#include "effects/undosql.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto notUndoable = "not-undoable"_L1;

void addTableObstacles(const TargetEffects& effects, const TableEffects& table, QStringList& obstacles)
{
    const QString name = u"%1.%2 of %3"_s.arg(table.name.schema, table.name.table, effects.target);
    if (!table.complete)
        obstacles.append(u"not all changed rows of %1 were seen (%2)"_s.arg(name, table.incompleteReason));
    else if (table.rows.size() != table.inserted + table.updated + table.deleted)
        obstacles.append(u"not all changed rows of %1 were kept"_s.arg(name));
    if (effects.engine == EngineKind::SQLite && table.keyColumns.isEmpty() && sqliteRowidName(table.columns).isEmpty())
        obstacles.append(u"rows of %1 have no key, and columns hide their rowid"_s.arg(name));
}

// The index's form follows its rows, as the index itself does.
TableEffects withoutIndexVersion(const TableEffects& settings)
{
    TableEffects part = settings;
    part.rows = {};
    for (const RowChange& row : settings.rows) {
        if (row.before.value(0, row.after.value(0)) == Value::text(u"version"_s))
            continue;
        part.rows.append(row);
    }
    const RowCounts counts = countsOf(part.rows);
    part.inserted = counts.inserted;
    part.updated = counts.updated;
    part.deleted = counts.deleted;
    return part;
}

bool isTemporarySchema(const QString& schema)
{
    return schema == "temp"_L1 || schema.startsWith("pg_temp_"_L1);
}

} // namespace

bool isTemporary(const SchemaChange& change)
{
    return isTemporarySchema(change.object.section(u' ', 1).section(u'.', 0, 0).remove(u'"'));
}

bool isPutBack(const TargetEffects& effects, const TableEffects& table)
{
    const bool isBookkeeping = table.internal && table.name.table.startsWith("sqlite_"_L1);
    return !isBookkeeping && !isTemporarySchema(table.name.schema) && !isToldByVirtualTable(effects, table);
}

TargetEffects putBackPart(const TargetEffects& effects)
{
    TargetEffects part = effects;
    part.tables.removeIf([&](const TableEffects& table) { return !isPutBack(effects, table); });
    for (TableEffects& table : part.tables) {
        if (holdsSettings(effects, table))
            table = withoutIndexVersion(table);
    }
    return part;
}

QStringList undoObstacles(const TargetEffects& effects)
{
    QStringList obstacles;
    for (const SchemaChange& change : effects.schemaChanges) {
        if (isTemporary(change))
            continue;
        obstacles.append(u"%1 %2 of %3"_s.arg(change.kind, change.object, effects.target));
    }
    for (const TableEffects& table : effects.tables) {
        if (isPutBack(effects, table))
            addTableObstacles(effects, table, obstacles);
    }
    for (const Caution& caution : effects.cautions) {
        if (caution.code == "foreign-table"_L1 || caution.code == forbiddenNulls || caution.code == notUnicode)
            obstacles.append(u"%1: %2"_s.arg(effects.target, caution.text));
    }
    return obstacles;
}

void cautionOfObstacles(TargetEffects& effects)
{
    effects.cautions.removeIf([](const Caution& caution) { return caution.code == notUndoable; });
    for (const QString& obstacle : undoObstacles(effects))
        effects.cautions.append({ notUndoable, u"an undo will not be possible: "_s + obstacle });
}

} // namespace holdpoint
