// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteobserver.h"

#include <cstring>
#include <sqlite3.h>

namespace holdpoint {

SqliteObserver::SqliteObserver(sqlite3* handle)
    : m_handle(handle)
{
    sqlite3_preupdate_hook(m_handle, &SqliteObserver::onChange, this);
}

SqliteObserver::~SqliteObserver()
{
    sqlite3_preupdate_hook(m_handle, nullptr, nullptr);
}

void SqliteObserver::commandStarts(int index)
{
    m_command = index;
    m_log.clear();
    m_statementMark = 0;
    for (size_t table = 0; table < m_tables.size(); ++table)
        m_begun[table].byCommand = static_cast<int>(m_tables[table]->touches().size());
    m_lineage.keep();
}

void SqliteObserver::statementStarts()
{
    m_statementMark = m_log.size();
    for (size_t table = 0; table < m_tables.size(); ++table)
        m_begun[table].byStatement = static_cast<int>(m_tables[table]->touches().size());
    m_changesSchema = false;
    m_assigned = false;
    ++m_statement;
}

int SqliteObserver::indexNamed(const SqliteTableId& id)
{
    if (const int known = m_lineage.indexOf(id); known >= 0)
        return known;
    m_tables.push_back(std::make_unique<SqliteTouched>(m_handle, id, m_images));
    m_nextRowids.emplace_back(m_handle, id, m_tables.back()->shape());
    m_begun.emplace_back();
    const int index = static_cast<int>(m_tables.size()) - 1;
    m_lineage.add(index, id, m_tables.back()->shape().columns);
    return index;
}

SqliteTouched& SqliteObserver::tableNamed(const SqliteTableId& id)
{
    return *m_tables.at(static_cast<size_t>(indexNamed(id)));
}

// One statement's changes are mostly of one table.
int SqliteObserver::tableOf(const char* database, const char* name)
{
    if (m_lastTable < 0 || m_last.name != name || m_last.database != database) {
        m_last = { database, name };
        m_lastTable = indexNamed(m_last);
    }
    return m_lastTable;
}

void SqliteObserver::schemaChanged()
{
    m_lastTable = -1;
    for (const auto& table : m_tables)
        table->forgetReading();
}

void SqliteObserver::onChange(void* self, sqlite3* handle, int operation, const char* database, const char* name,
                              long long oldRowid, long long newRowid)
{
    auto* observer = static_cast<SqliteObserver*>(self);
    const int table = observer->tableOf(database, name);
    const bool direct = sqlite3_preupdate_depth(handle) == 0
        && !observer->isByTheWay(observer->m_tables[static_cast<size_t>(table)]->shape());
    if (operation == SQLITE_INSERT)
        observer->inserted(table, newRowid, direct);
    else if (operation == SQLITE_UPDATE || sqlite3_preupdate_blobwrite(handle) >= 0)
        observer->updated(table, oldRowid, operation == SQLITE_UPDATE ? newRowid : oldRowid, direct);
    else
        observer->deleted(table, oldRowid, direct);
}

void SqliteObserver::inserted(int table, qint64 rowid, bool direct)
{
    const int place = m_tables[static_cast<size_t>(table)]->touchNew(rowid, false);
    const bool assigned = m_nextRowids[static_cast<size_t>(table)].inserts(rowid);
    SqliteTouch& touch = edit(table, place);
    touch.now = SqliteTouch::isNew;
    touch.bornBy = m_command;
    touch.bornDirect = direct;
    touch.assignedBy = assigned ? m_statement : SqliteTouch::noStatement;
    m_assigned = m_assigned || (assigned && direct);
}

void SqliteObserver::deleted(int table, qint64 rowid, bool direct)
{
    const int place = m_tables[static_cast<size_t>(table)]->touchOld(rowid);
    m_nextRowids[static_cast<size_t>(table)].removes(rowid);
    rowChanged(table, place, direct);
    edit(table, place).now = SqliteTouch::isGone;
}

void SqliteObserver::updated(int table, qint64 oldRowid, qint64 newRowid, bool direct)
{
    SqliteTouched& touched = *m_tables[static_cast<size_t>(table)];
    const int from = touched.touchOld(oldRowid);
    rowChanged(table, from, direct);
    if (!touched.shape().withoutRowid && oldRowid == newRowid)
        return;
    m_nextRowids[static_cast<size_t>(table)].moves(oldRowid, newRowid);
    const int to = touched.touchNew(newRowid, true);
    if (to == from)
        return;
    SqliteTouch& left = edit(table, from);
    SqliteTouch& reached = edit(table, to);
    reached.now = std::exchange(left.now, SqliteTouch::isGone);
    reached.bornBy = left.bornBy;
    reached.bornDirect = left.bornDirect;
    reached.assignedBy = SqliteTouch::noStatement;
}

// The first command that changes a row of before owns the change; a new row is owned by who inserted it.
void SqliteObserver::rowChanged(int table, int place, bool direct)
{
    const int row = touch(table, place).now;
    const int index = row >= 0 ? row : place;
    const SqliteTouch& kept = touch(table, index);
    if (row < 0) {
        if (direct && !kept.bornDirect)
            edit(table, index).bornDirect = true;
    } else if (kept.command == SqliteTouch::noCommand || (direct && !kept.direct)) {
        SqliteTouch& changed = edit(table, index);
        changed.command = changed.command == SqliteTouch::noCommand ? m_command : changed.command;
        changed.direct = changed.direct || direct;
    }
}

const SqliteTouch& SqliteObserver::touch(int table, int index) const
{
    return m_tables[static_cast<size_t>(table)]->touches()[static_cast<size_t>(index)];
}

SqliteTouch& SqliteObserver::edit(int table, int index)
{
    SqliteTouch& kept = m_tables[static_cast<size_t>(table)]->touches()[static_cast<size_t>(index)];
    if (index < m_begun[static_cast<size_t>(table)].byStatement)
        m_log.push_back({ table, index, kept });
    return kept;
}

void SqliteObserver::keysWereGiven(const QSet<int>& statements)
{
    if (statements.isEmpty())
        return;
    for (const auto& table : m_tables) {
        for (SqliteTouch& touch : table->touches()) {
            if (touch.bornDirect && statements.contains(touch.assignedBy))
                touch.assignedBy = SqliteTouch::noStatement;
        }
    }
}

// Touches that came since then are as they were when they came.
void SqliteObserver::takeBack(size_t mark, int Begun::*begun)
{
    for (SqliteNextRowid& next : m_nextRowids)
        next.forget();
    while (m_log.size() > mark) {
        const Change& change = m_log.back();
        m_tables[static_cast<size_t>(change.table)]->touches()[static_cast<size_t>(change.index)] = change.before;
        m_log.pop_back();
    }
    for (size_t table = 0; table < m_tables.size(); ++table) {
        const auto touches = static_cast<int>(m_tables[table]->touches().size());
        for (int index = m_begun[table].*begun; index < touches; ++index)
            m_tables[table]->untouch(index);
    }
}

} // namespace holdpoint
