// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace holdpoint {

struct Column
{
    QString name;
    QString type; ///< as the database prints it: "integer", "numeric(10,2)"
    QString defaultText; ///< the default's expression, empty if none
    bool notNull = false;
    bool generated = false; ///< its value is computed; it cannot be written
    bool identity = false; ///< PostgreSQL identity or SQLite rowid alias
    bool comparable = true; ///< has an equality operator (json and xml have none)
    int keyPosition = 0; ///< its place in the primary key from 1; 0 if not in it
    friend bool operator==(const Column&, const Column&) = default;
};

struct ForeignKey
{
    QString name;
    QStringList columns;
    QString referencedSchema;
    QString referencedTable;
    QStringList referencedColumns;
    QString onDelete; ///< "NO ACTION", "CASCADE", "SET NULL", …
    QString onUpdate;
    bool deferrable = false;
    friend bool operator==(const ForeignKey&, const ForeignKey&) = default;
};

struct Trigger
{
    QString name;
    QString definition;
    bool enabled = true;
    friend bool operator==(const Trigger&, const Trigger&) = default;
};

enum class TableKind { Table, View, Virtual, Partitioned, Foreign, MaterializedView };

/// A table as the database describes it; all of it is a snapshot of one moment.
struct Table
{
    QString schema; ///< SQLite: "main"; PostgreSQL: the schema
    QString name;
    TableKind kind = TableKind::Table;
    QList<Column> columns; ///< in the table's order, generated ones included
    QList<ForeignKey> foreignKeys;
    QList<Trigger> triggers;
    bool internal = false; ///< kept by the engine for itself
    bool withoutRowid = false; ///< SQLite
    bool hasRules = false; ///< PostgreSQL, rules other than a view's SELECT
    bool hasChildren = false; ///< PostgreSQL, inheritance or partitions below it
    bool selectable = true; ///< the user may read all of it
    qint64 estimatedRows = -1; ///< -1: unknown
    friend bool operator==(const Table&, const Table&) = default;

    /// Primary key columns in key order; empty without one.
    [[nodiscard]] QStringList primaryKey() const;
    [[nodiscard]] int columnIndex(const QString& column) const; ///< -1 if there is none
};

} // namespace holdpoint
