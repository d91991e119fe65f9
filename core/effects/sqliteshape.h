// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>

struct sqlite3;

namespace holdpoint {

/// A table of one of the connection's databases ("main", "temp").
struct SqliteTableId
{
    QByteArray database;
    QByteArray name;
    friend bool operator==(const SqliteTableId&, const SqliteTableId&) = default;
    friend size_t qHash(const SqliteTableId& id, size_t seed = 0) { return qHashMulti(seed, id.database, id.name); }
    [[nodiscard]] QByteArray quoted() const;
};

/// What the capture must know of a table to follow its rows.
struct SqliteShape
{
    QStringList columns; ///< as SELECT * gives them, generated ones included
    QList<int> key; ///< primary key columns in key order
    QList<int> generated;
    QList<int> storedKey; ///< key columns counted without virtual columns
    QList<bool> hasDefault;
    QList<int> notNull; ///< columns that are declared so
    QByteArray rowid; ///< a name for the rowid that no column hides; empty if there is none
    QByteArray keyIndex; ///< of a table without rowid: its primary key's index
    bool withoutRowid = false;
    bool isUnicode = true; ///< its name and those of its columns can be shown, and named again
    bool rowidIsColumn = false; ///< INTEGER PRIMARY KEY
    bool internal = false; ///< SQLite keeps it for itself
    bool isShadow = false; ///< a virtual table's module writes it
    /// Without rowid, and SQLite's hook gives a column of the key with the affinity of another, REAL: large integers
    /// wrongly.
    bool isKeyMisread = false;
    bool hasVirtual = false; ///< columns that are computed when read
    bool isVirtualTable = false;

    [[nodiscard]] qsizetype width() const { return columns.size(); }
    /// Whether rows can be found again.
    [[nodiscard]] bool isAddressable() const { return withoutRowid || !rowid.isEmpty(); }

    /// Whether a row has a rowid that none of its columns tells.
    [[nodiscard]] bool hasHiddenRowid() const { return !withoutRowid && !rowidIsColumn && !rowid.isEmpty(); }

    /// By PRAGMAs, which may run within a hook. Empty columns: there is no such table.
    [[nodiscard]] static SqliteShape read(sqlite3* handle, const SqliteTableId& table);
};

} // namespace holdpoint
