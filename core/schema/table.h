// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <memory>

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
    bool alwaysIdentity = false; ///< PostgreSQL: an UPDATE may set it to its next value only
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

/// What no two rows of a table may have in common.
struct UniqueKey
{
    QStringList columns;
    /// Not so: whether two rows are in each other's way is not told by their values alone (an expression, a condition,
    /// a collation, an exclusion); `columns` are all that it may depend on.
    bool byValue = true;
    friend bool operator==(const UniqueKey&, const UniqueKey&) = default;
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
    QList<UniqueKey> uniqueKeys; ///< only SchemaReader::tableWithKeys() reads them; without a primary key by value
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

using TablePtr = std::shared_ptr<const Table>;

} // namespace holdpoint
