// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <QList>
#include <QMap>
#include <QStringList>

namespace holdpoint {

/// All that is in a SQLite file, read by plain queries: every table's rows, typed and sorted, generated columns
/// included; the schema; the header.
struct SqliteDump
{
    QStringList schema; ///< "type name definition", sorted
    QMap<QString, QList<Row>> tables;
    QMap<QString, QStringList> columns;
    QMap<QString, QList<Row>> virtualTables; ///< with the rowid in front
    QMap<QString, QList<Row>> rowids; ///< with the rowid in front, of tables that have one
    QMap<QString, Value> header; ///< by PRAGMA
    qsizetype brokenKeys = 0; ///< rows that refer to no row: SQLite lets some in by ON CONFLICT DO UPDATE

    [[nodiscard]] static SqliteDump read(const QString& path);
    /// Without what an undo leaves as it is: the engine's counts for itself (sqlite_sequence, statistics), and the
    /// index of a full-text or spatial table, of which only the content counts.
    [[nodiscard]] SqliteDump content() const;
    /// Without the blocks of full-text and spatial indexes: when FTS flushes them is its own affair, and the shell's
    /// savepoints are not the product's.
    [[nodiscard]] SqliteDump withoutIndexes() const;
    /// What is different, in some lines; empty if nothing is.
    [[nodiscard]] QString differences(const SqliteDump& other) const;
};

[[nodiscard]] bool comesBefore(const Row& left, const Row& right);
[[nodiscard]] QList<Row> sortedRows(QList<Row> rows);
[[nodiscard]] QString rowText(const Row& row);
/// What integrity checks say of the file and of its virtual tables; empty if all is well.
[[nodiscard]] QString integrityProblems(const QString& path);

} // namespace holdpoint
