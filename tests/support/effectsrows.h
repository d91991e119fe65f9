// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

namespace holdpoint {

/// Effects in few words, for tests.
inline RowChange insertedRow(const Row& after)
{
    RowChange row;
    row.change = ChangeKind::Insert;
    row.after = after;
    return row;
}

inline RowChange updatedRow(const Row& before, const Row& after)
{
    RowChange row;
    row.change = ChangeKind::Update;
    row.before = before;
    row.after = after;
    return row;
}

inline RowChange deletedRow(const Row& before)
{
    RowChange row;
    row.change = ChangeKind::Delete;
    row.before = before;
    return row;
}

inline RowChange withVolatile(RowChange row, const QList<int>& columns)
{
    row.volatileColumns = columns;
    return row;
}

/// A table of schema "main" with its counts.
inline TableEffects tableEffects(const QString& name, const QStringList& columns, const QList<int>& key,
                                 const QList<RowChange>& rows)
{
    TableEffects table;
    table.name = { QStringLiteral("main"), name };
    table.columns = columns;
    table.keyColumns = key;
    table.rows = rows;
    for (const RowChange& row : rows) {
        table.inserted += row.change == ChangeKind::Insert;
        table.updated += row.change == ChangeKind::Update;
        table.deleted += row.change == ChangeKind::Delete;
    }
    return table;
}

/// Effects on the target "shop", normalized.
inline TargetEffects shopEffects(const QList<TableEffects>& tables, EngineKind engine = EngineKind::SQLite)
{
    TargetEffects effects;
    effects.target = QStringLiteral("shop");
    effects.engine = engine;
    effects.tables = tables;
    normalize(effects);
    return effects;
}

inline Value number(qint64 value)
{
    return Value::integer(value);
}

inline Value words(const char* text)
{
    return Value::text(QString::fromUtf8(text));
}

} // namespace holdpoint
