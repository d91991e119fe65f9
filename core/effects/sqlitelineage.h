// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/sqliteshape.h"

#include <QHash>
#include <QSet>

#include <optional>

namespace holdpoint {

/// What became of one table that was touched.
struct SqliteDescent
{
    SqliteTableId name; ///< its name now
    bool dropped = false;
    bool born = false; ///< made within the transaction
    int droppedBy = -1; ///< the command
    int bornBy = -1;
    QStringList columns; ///< its columns now
    QList<int> origins; ///< for each, its index among the columns of the first images; -1 for an added one
    [[nodiscard]] bool isReshaped() const;
    void reshape(const QStringList& now);
};

/// Follows tables through DROP, CREATE and ALTER of one transaction: which name stands for which table.
/// Changes of the current command can be taken back.
class SqliteLineage
{
public:
    void setOriginals(const QSet<SqliteTableId>& tables) { m_now.originals = tables; }
    [[nodiscard]] int indexOf(const SqliteTableId& name) const { return m_now.byName.value(name, -1); }
    [[nodiscard]] bool isOriginal(const SqliteTableId& name) const { return m_now.originals.contains(name); }
    [[nodiscard]] const SqliteDescent& of(int index) const;
    void add(int index, const SqliteTableId& name, const QStringList& columns);

    void dropped(const SqliteTableId& name, int command);
    void renamed(const SqliteTableId& from, const SqliteTableId& to);
    void created(const SqliteTableId& name, int command) { m_now.createdBy.insert(name, command); }
    [[nodiscard]] int creator(const SqliteTableId& name) const { return m_now.createdBy.value(name, -1); }
    void reshaped(int index, const QStringList& columns) { m_now.tables[index].reshape(columns); }

    /// What is so now is not taken back any more.
    void keep() { m_kept.reset(); }
    /// Call before a change of the schema.
    void mayChange();
    void takeBack();

private:
    struct State
    {
        QHash<SqliteTableId, int> byName;
        QSet<SqliteTableId> originals; // names that stand for tables of before the transaction
        QHash<SqliteTableId, int> createdBy;
        QHash<int, SqliteDescent> tables;
    };
    State m_now;
    std::optional<State> m_kept;
};

} // namespace holdpoint
