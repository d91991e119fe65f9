// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/storecommand.h"
#include "effects/effects.h"
#include "effects/undoorder.h"
#include "schema/table.h"

#include <QSet>

namespace holdpoint {

/// Makes the commands that take back the row changes of one table, each guarded by the whole row that the
/// change left. A row is named by its key; without one (or with a NULL in it) by all its values.
class UndoCommands
{
public:
    /// All must outlive it.
    UndoCommands(const TargetEffects& effects, const TableEffects& table, const Table& described);

    /// Error: nothing that can be written tells the old row from the new one.
    [[nodiscard]] Result<StoreCommandPtr> commandFor(const RowChange& row, const UndoStep& step);

private:
    [[nodiscard]] StoreCommandPtr putBack(const RowChange& row);
    [[nodiscard]] StoreCommandPtr remove(const RowChange& row, const QList<int>& cascaded);
    [[nodiscard]] Result<StoreCommandPtr> restoreUpdated(const RowChange& row, const QList<int>& cascaded);
    [[nodiscard]] StoreCommandPtr runSql(const QByteArray& text, const QList<Value>& parameters);
    [[nodiscard]] bool isNamedByKey(const Row& row, const QList<int>& cascaded) const;
    [[nodiscard]] NamedValues keyOf(const Row& row) const;
    [[nodiscard]] NamedValues guardOf(const Row& row, const QList<int>& cascaded) const;
    [[nodiscard]] NamedValues valuesOf(const Row& row, const QList<int>& columns) const;

    const TargetEffects& m_effects;
    const TableEffects& m_table;
    const Table& m_described;
    QList<int> m_written; // columns that can be written
    bool m_hasHiddenRowid; // SQLite: rows have a rowid, and no column is it
    QSet<QString> m_texts; // SQL texts repeat: they are shared
};

} // namespace holdpoint
