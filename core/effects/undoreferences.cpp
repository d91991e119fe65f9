// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undoreferences.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Qt::CaseSensitivity caseOf(const TargetEffects& effects)
{
    return effects.engine == EngineKind::SQLite ? Qt::CaseInsensitive : Qt::CaseSensitive;
}

int tableCalled(const TargetEffects& effects, const QString& schema, const QString& name)
{
    const auto found = std::ranges::find_if(effects.tables, [&](const TableEffects& table) {
        return table.name.schema.compare(schema, caseOf(effects)) == 0
            && table.name.table.compare(name, caseOf(effects)) == 0;
    });
    return found == effects.tables.end() ? -1 : static_cast<int>(found - effects.tables.begin());
}

QList<int> columnsOf(const TargetEffects& effects, int index, const QStringList& names)
{
    QList<int> places;
    const QStringList& columns = effects.tables.at(index).columns;
    for (const QString& name : names) {
        const auto found = std::ranges::find_if(
            columns, [&](const QString& column) { return column.compare(name, caseOf(effects)) == 0; });
        places.append(found == columns.end() ? -1 : static_cast<int>(found - columns.begin()));
    }
    return places;
}

} // namespace

QList<UndoReference> undoReferences(const TargetEffects& effects, const QList<const Table*>& described)
{
    QList<UndoReference> references;
    for (int child = 0; child < effects.tables.size(); ++child) {
        for (const ForeignKey& key : described.at(child)->foreignKeys) {
            const QString& schema
                = key.referencedSchema.isEmpty() ? effects.tables.at(child).name.schema : key.referencedSchema;
            UndoReference reference;
            reference.child = child;
            reference.parent = tableCalled(effects, schema, key.referencedTable);
            if (reference.parent < 0)
                continue;
            reference.columns = columnsOf(effects, child, key.columns);
            reference.referenced = key.referencedColumns.isEmpty()
                ? effects.tables.at(reference.parent).keyColumns
                : columnsOf(effects, reference.parent, key.referencedColumns);
            reference.deferrable = key.deferrable;
            reference.cascades = key.onUpdate.compare("CASCADE"_L1, Qt::CaseInsensitive) == 0;
            if (!reference.columns.contains(-1) && !reference.referenced.contains(-1))
                references.append(reference);
        }
    }
    return references;
}

} // namespace holdpoint
