// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"
#include "effects/sqliteshape.h"

#include <QMap>

#include <functional>

namespace holdpoint {

/// One object of the schema tables of a connection.
struct SqliteObject
{
    QByteArray database;
    QByteArray type; ///< "table", "index", "view", "trigger"
    QByteArray name;
    QByteArray definition;
    qint64 rootPage = 0; ///< 0: it holds no rows itself
    [[nodiscard]] SqliteTableId table() const { return { database, name }; }
};

/// The schemas of main and temp at one moment.
class SqliteSchemaImage
{
public:
    [[nodiscard]] static Result<SqliteSchemaImage> read(sqlite3* handle);

    /// The tables that hold rows, sqlite_sequence and the like included.
    [[nodiscard]] QList<SqliteObject> tables() const;
    [[nodiscard]] bool hasTable(const SqliteTableId& id) const;
    /// The table that begins at this page, empty if there is none.
    [[nodiscard]] SqliteTableId tableAt(const QByteArray& database, qint64 rootPage) const;
    [[nodiscard]] qint64 rootPage(const SqliteTableId& id) const;
    [[nodiscard]] bool hasVirtualTables() const;
    /// The tables that keep the rows of a virtual table: "NAME_part".
    [[nodiscard]] QList<SqliteTableId> shadowsOf(const SqliteTableId& virtualTable) const;
    [[nodiscard]] bool isSame(const SqliteSchemaImage& other) const { return m_version == other.m_version; }

    /// What changed since `before`. `formerName` gives the name that a table had then, empty for a new one.
    [[nodiscard]] QList<SchemaChange> changesSince(
        const SqliteSchemaImage& before, const std::function<SqliteTableId(const SqliteTableId&)>& formerName) const;

private:
    QMap<QByteArray, SqliteObject> m_objects; // by database, type and name
    QByteArray m_version;
};

} // namespace holdpoint
