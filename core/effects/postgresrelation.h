// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "session/postgresconnection.h"

#include <functional>

namespace holdpoint {

/// The two connections of a capture on one snapshot: `now` runs the batch, its companion keeps the old world.
struct PostgresWorlds
{
    PostgresConnection& now;
    PostgresConnection& companion; ///< to ask it something, before()
    quint32 firstXid = 0; ///< every transaction id of the batch is this one or a later one
    QByteArray firstMulti {}; ///< the same for multixacts
    std::function<void()> reach {}; ///< makes the companion begin, if it has not

    /// The old world. Where it was not needed so far, its transaction begins now: `now` must not be within a savepoint.
    /// What goes wrong there, the answers tell.
    [[nodiscard]] PostgresConnection& before() const
    {
        if (reach)
            reach();
        return companion;
    }
    [[nodiscard]] bool isOwn(quint32 xid) const { return static_cast<qint32>(xid - firstXid) >= 0; }
};

/// The columns of a table in its order; dropped ones are left out.
struct PostgresShape
{
    qint64 of = 0; ///< whose columns they are: the numbers of two tables do not compare
    QStringList names;
    QStringList types; ///< as the server writes them
    QList<int> numbers; ///< which stay when a column is renamed
    QList<int> generated; ///< indexes
    QList<int> key; ///< indexes, in the primary key's order
    bool keyAtOnce = false; ///< the primary key is checked row by row, not at the end
    bool printsAlike = false; ///< its values look the same whatever a session has set; false if that is not known
    QList<int> partitionKey; ///< indexes, of a partitioned table: what decides the partition, at any depth
    /// The index of the column that another moment or table has at `index`; -1: there is none.
    [[nodiscard]] int find(const PostgresShape& other, int index) const;
    friend bool operator==(const PostgresShape&, const PostgresShape&) = default;
};

/// A table with rows of its own (no view, no partitioned root) that the batch locked for writing.
struct PostgresRelation
{
    qint64 oid = 0;
    TableName name;
    QString kind; ///< pg_class.relkind
    bool exclusive = false; ///< truncated, altered, locked: no other connection can read it now
    bool dropped = false;
    bool created = false;
    qint64 replaces = 0; ///< of a created one: a dropped table whose name it has
    bool temporary = false;
    bool readable = true;
    bool filtered = false; ///< row level security may hide rows
    qint64 fileNode = 0;
    qint64 pages = 0; ///< as last estimated
    qint64 root = 0; ///< of a partition: the root table, under which its rows are shown
    TableName rootName;
    QStringList referring; ///< its columns in foreign keys to others, now
    QStringList referred; ///< those that foreign keys of others refer to, now
    // How often rows were changed in this transaction, rolled back or not.
    qint64 inserted = 0;
    qint64 updated = 0;
    qint64 deleted = 0;

    [[nodiscard]] bool isNew() const { return created && replaces == 0; }
    [[nodiscard]] qint64 oldOid() const { return replaces != 0 ? replaces : oid; }
    [[nodiscard]] qint64 shownOid() const { return root != 0 ? root : oid; }
    [[nodiscard]] const TableName& shownName() const { return root != 0 ? rootName : name; }
    /// Beside it, of a partition: as RowChange::partition.
    [[nodiscard]] QString shownPartition() const;
    [[nodiscard]] bool isCounted() const { return inserted + updated + deleted > 0; }
    [[nodiscard]] QString countersText() const; ///< "3 inserted, 1 updated, 0 deleted"
};

/// What the relation's rows are read with: the columns of the table under which they are shown.
[[nodiscard]] Result<PostgresShape> readShape(Connection& connection, qint64 oid);
/// The same in two steps: a question about the tables whose `oid` the query `table` gives, and what shapeOf() makes of
/// the answer for one. `partitionColumns`: which columns, a.attname, decide the partition. `more`: what else is asked,
/// ", " first, behind shapeColumns.
[[nodiscard]] QByteArray shapeQuery(const QByteArray& table, const QByteArray& partitionColumns,
                                    const QByteArray& more);
inline constexpr int shapeColumns = 9;
[[nodiscard]] PostgresShape shapeOf(const Rowset& answer);

[[nodiscard]] QByteArray qualified(const Connection& connection, const TableName& name);
/// "\"a\", \"b\", " before further columns; empty without columns.
[[nodiscard]] QByteArray columnList(const Connection& connection, const QStringList& names);

/// The name in two columns, `schema` and the one after it; an empty one if they are NULL.
[[nodiscard]] TableName nameIn(const Row& row, int schema);

/// The names in a JSON array.
[[nodiscard]] QStringList namesIn(const Value& json);

/// The result of a statement whose rows do not matter.
[[nodiscard]] Result<void> run(Connection& connection, const QByteArray& sql, const QList<Value>& parameters = {});

[[nodiscard]] Result<void> setLockTimeout(Connection& connection, std::chrono::milliseconds timeout);

} // namespace holdpoint
