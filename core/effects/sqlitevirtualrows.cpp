// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitevirtualrows.h"

#include "effects/sqliteworldbefore.h"
#include "session/sqlitevalue.h"

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// "notes" of "notes_content" and "notes_rowid".
SqliteTableId ownerOf(const SqliteTableId& shadow)
{
    return { shadow.database, shadow.name.left(shadow.name.lastIndexOf('_')) };
}

bool namesRows(const SqliteTouched& table)
{
    const QByteArray name = table.id().name.toLower();
    return table.shape().internal && !table.shape().withoutRowid
        && (name.endsWith("_content") || name.endsWith("_rowid"));
}

/// Reads rows of one virtual table by rowid; the rowid is the first column, its own or one put before them.
class VirtualTable
{
public:
    VirtualTable(sqlite3* handle, const SqliteTableId& id)
    {
        if (id.name.isEmpty() || !handle)
            return;
        const SqliteShape shape = SqliteShape::read(handle, id);
        const bool spatial = SqliteShape::read(handle, { id.database, id.name + "_node" }).internal
            && !shape.columns.contains("_shape"_L1);
        m_columns = (spatial ? QStringList() : QStringList { u"rowid"_s }) + shape.columns;
        m_rows = SqliteReading(
            handle, "SELECT "_ba + (spatial ? "*" : "rowid, *") + " FROM " + id.quoted() + " WHERE rowid = ?");
        if (!m_rows.isPrepared())
            m_problem = m_rows.error().message;
    }

    [[nodiscard]] const QStringList& columns() const { return m_columns; }
    [[nodiscard]] const QString& problem() const { return m_problem; }
    /// Empty: there is none.
    [[nodiscard]] Row row(qint64 rowid)
    {
        if (!m_rows.isPrepared())
            return {};
        sqlite3_bind_int64(m_rows.statement(), 1, rowid);
        Row row;
        if (m_rows.next())
            row = sqliteRow(m_rows.statement());
        else if (m_rows.failed())
            m_problem = m_rows.error().message;
        m_rows.rewind();
        return row;
    }

private:
    SqliteReading m_rows;
    QStringList m_columns;
    QString m_problem;
};

} // namespace

void SqliteVirtualRows::add(const SqliteTouched& shadow, const SqliteDescent& descent)
{
    if (!namesRows(shadow))
        return;
    Source source { &shadow, {}, {}, descent.droppedBy };
    if (!descent.born)
        source.before = ownerOf(shadow.id());
    if (!descent.dropped)
        source.now = ownerOf(descent.name);
    m_sources.push_back(source);
}

const SqliteTableId& SqliteVirtualRows::nameOf(const Source& source)
{
    return source.now.name.isEmpty() ? source.before : source.now;
}

void SqliteVirtualRows::collect(TargetEffects& effects)
{
    if (m_sources.empty())
        return;
    const auto before = openWorldBefore(m_connection);
    sqlite3* old = before ? (*before)->handle() : nullptr;
    for (const Source& source : m_sources) {
        TableEffects table = effectsOf(source, old);
        if (!before) {
            table.complete = false;
            table.incompleteReason = u"its rows of before the run could not be read: %1"_s.arg(before.error().message);
        }
        if (!table.rows.isEmpty() || !table.complete)
            effects.tables.append(table);
    }
}

TableEffects SqliteVirtualRows::effectsOf(const Source& source, sqlite3* old)
{
    VirtualTable before(old, source.before);
    VirtualTable now(m_connection.handle(), source.now);
    const SqliteTableId& id = nameOf(source);
    TableEffects table;
    table.name = { QString::fromUtf8(id.database), QString::fromUtf8(id.name) };
    table.columns = now.columns().isEmpty() ? before.columns() : now.columns();
    table.keyColumns = { 0 };
    for (const SqliteTouch& touch : source.shadow->touches()) {
        Row rowBefore = touch.before == SqliteImages::nowhere ? Row() : before.row(touch.rowid);
        Row rowNow = now.row(touch.rowid);
        if (rowBefore == rowNow)
            continue;
        table.inserted += rowBefore.isEmpty() ? 1 : 0;
        table.deleted += rowNow.isEmpty() ? 1 : 0;
        table.updated += !rowBefore.isEmpty() && !rowNow.isEmpty() ? 1 : 0;
        table.rows.append(changeOf(source, touch, std::move(rowBefore), std::move(rowNow)));
    }
    table.incompleteReason = before.problem().isEmpty() ? now.problem() : before.problem();
    table.complete = table.incompleteReason.isEmpty();
    return table;
}

RowChange SqliteVirtualRows::changeOf(const Source& source, const SqliteTouch& touch, Row before, Row after) const
{
    RowChange change;
    change.change = before.isEmpty() ? ChangeKind::Insert : after.isEmpty() ? ChangeKind::Delete : ChangeKind::Update;
    change.before = std::move(before);
    change.after = std::move(after);
    int command = touch.command == SqliteTouch::noCommand ? touch.bornBy : touch.command;
    bool direct = m_named.contains({ nameOf(source).name.toLower(), command });
    if (command == SqliteTouch::noCommand && source.now.name.isEmpty()) {
        command = source.droppedBy;
        direct = true;
    }
    if (command != SqliteTouch::noCommand)
        change.command = command;
    change.origin = direct ? Origin::Direct : Origin::Indirect;
    if (change.change == ChangeKind::Insert && touch.now == SqliteTouch::isNew
        && touch.assignedBy != SqliteTouch::noStatement) {
        change.assignedKey = true;
        change.volatileColumns = { 0 };
    }
    return change;
}

} // namespace holdpoint
