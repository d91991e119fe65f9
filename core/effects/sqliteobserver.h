// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/sqlitelineage.h"
#include "effects/sqlitenextrowid.h"
#include "effects/sqlitetouched.h"

#include <memory>
#include <vector>

namespace holdpoint {

/// Watches every row that a connection changes, by SQLite's pre-update hook. While it lives, nobody else may
/// set that hook or use the session extension on the connection: both would crash.
class SqliteObserver
{
public:
    explicit SqliteObserver(sqlite3* handle);
    SqliteObserver(const SqliteObserver&) = delete;
    SqliteObserver& operator=(const SqliteObserver&) = delete;
    ~SqliteObserver();

    /// Changes are of this command from now on.
    void commandStarts(int index);
    /// Changes belong to no command from now on.
    void commandsEnd() { m_command = SqliteTouch::noCommand; }
    [[nodiscard]] int command() const { return m_command; }
    void statementStarts();
    /// What the current statement does to tables of the engine's own is not by its own words.
    void schemaStatement() { m_changesSchema = true; }
    /// The current statement's number, if it inserted a row itself whose key SQLite seems to have given, since it is
    /// the next one.
    [[nodiscard]] std::optional<int> assignedKeys() const
    {
        return m_assigned ? std::optional(m_statement) : std::nullopt;
    }
    /// It has not: these statements themselves gave the keys of the rows that they inserted.
    void keysWereGiven(const QSet<int>& statements);
    /// What the statement changed was taken back by SQLite.
    void statementFailed() { takeBack(m_statementMark, &Begun::byStatement); }
    /// What the current command changed was taken back.
    void commandTakenBack() { takeBack(0, &Begun::byCommand); }

    /// Table names as they are now, and which of them were there at the beginning.
    [[nodiscard]] SqliteLineage& lineage() { return m_lineage; }
    /// The touched rows of the table that has this name now.
    [[nodiscard]] SqliteTouched& tableNamed(const SqliteTableId& id);
    [[nodiscard]] int indexNamed(const SqliteTableId& id);
    [[nodiscard]] const std::vector<std::unique_ptr<SqliteTouched>>& tables() const { return m_tables; }
    [[nodiscard]] SqliteImages& images() { return m_images; }
    /// After a change of the schema: nothing that was compiled or looked up before is used again.
    void schemaChanged();

private:
    struct Change // of a touch that was there before the current statement, to be taken back
    {
        int table;
        int index;
        SqliteTouch before;
    };
    struct Begun // how many touches a table had when the current command and its current statement began
    {
        int byCommand = 0;
        int byStatement = 0;
    };

    static void onChange(void* self, sqlite3* handle, int operation, const char* database, const char* table,
                         long long oldRowid, long long newRowid);
    /// No statement named these rows: a module wrote its shadow table, ANALYZE its statistics, ALTER a counter's name.
    [[nodiscard]] bool isByTheWay(const SqliteShape& table) const
    {
        return table.isShadow || (table.internal && m_changesSchema);
    }
    void inserted(int table, qint64 rowid, bool direct);
    void deleted(int table, qint64 rowid, bool direct);
    void updated(int table, qint64 oldRowid, qint64 newRowid, bool direct);
    void rowChanged(int table, int place, bool direct);
    /// The touch, to be changed; how it was before the current statement is kept.
    [[nodiscard]] SqliteTouch& edit(int table, int index);
    [[nodiscard]] const SqliteTouch& touch(int table, int index) const;
    void takeBack(size_t mark, int Begun::*begun);
    [[nodiscard]] int tableOf(const char* database, const char* name);

    sqlite3* m_handle;
    SqliteImages m_images;
    SqliteLineage m_lineage;
    std::vector<std::unique_ptr<SqliteTouched>> m_tables;
    std::vector<SqliteNextRowid> m_nextRowids; // of m_tables
    std::vector<Begun> m_begun; // of m_tables
    std::vector<Change> m_log; // of the current command
    size_t m_statementMark = 0;
    int m_statement = 0;
    bool m_assigned = false; // by the statement
    int m_command = SqliteTouch::noCommand;
    bool m_changesSchema = false; // the statement
    SqliteTableId m_last;
    int m_lastTable = -1;
};

} // namespace holdpoint
