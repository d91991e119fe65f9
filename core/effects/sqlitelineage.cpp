// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitelineage.h"

#include <numeric>

namespace holdpoint {

bool SqliteDescent::isReshaped() const
{
    for (qsizetype column = 0; column < origins.size(); ++column) {
        if (origins.at(column) != column)
            return true;
    }
    return false;
}

// One ALTER renames columns in place, adds one at the end or drops one.
void SqliteDescent::reshape(const QStringList& now)
{
    QList<int> next;
    if (now.size() == columns.size()) {
        next = origins;
    } else {
        for (const QString& column : now) {
            const qsizetype at = columns.indexOf(column);
            next.append(at < 0 ? -1 : origins.at(at));
        }
    }
    origins = next;
    columns = now;
}

const SqliteDescent& SqliteLineage::of(int index) const
{
    const auto found = m_now.tables.constFind(index);
    Q_ASSERT(found != m_now.tables.cend());
    return *found;
}

void SqliteLineage::add(int index, const SqliteTableId& name, const QStringList& columns)
{
    SqliteDescent table;
    table.name = name;
    table.born = !m_now.originals.contains(name);
    table.bornBy = creator(name);
    table.columns = columns;
    table.origins.resize(columns.size());
    std::iota(table.origins.begin(), table.origins.end(), 0);
    m_now.tables.insert(index, table);
    m_now.byName.insert(name, index);
}

void SqliteLineage::dropped(const SqliteTableId& name, int command)
{
    m_now.originals.remove(name);
    m_now.createdBy.remove(name);
    const auto found = m_now.byName.constFind(name);
    if (found == m_now.byName.cend())
        return;
    SqliteDescent& table = m_now.tables[*found];
    table.dropped = true;
    table.droppedBy = command;
    m_now.byName.erase(found);
}

void SqliteLineage::renamed(const SqliteTableId& from, const SqliteTableId& to)
{
    if (m_now.originals.remove(from))
        m_now.originals.insert(to);
    if (const auto creator = m_now.createdBy.constFind(from); creator != m_now.createdBy.cend())
        m_now.createdBy.insert(to, *creator);
    m_now.createdBy.remove(from);
    if (const auto found = m_now.byName.constFind(from); found != m_now.byName.cend()) {
        const int index = *found;
        m_now.byName.remove(from);
        m_now.byName.insert(to, index);
        m_now.tables[index].name = to;
    }
}

void SqliteLineage::mayChange()
{
    if (!m_kept)
        m_kept = m_now;
}

// Tables that were touched since stay known under their names, if these stand for the same tables again.
void SqliteLineage::takeBack()
{
    if (!m_kept)
        return;
    State before = std::move(*m_kept);
    m_kept.reset();
    for (auto table = m_now.tables.cbegin(); table != m_now.tables.cend(); ++table) {
        if (before.tables.contains(table.key()))
            continue;
        SqliteDescent late = *table;
        late.dropped = late.dropped || late.born;
        if (!late.born && !before.byName.contains(late.name) && before.originals.contains(late.name)) {
            late.dropped = false;
            before.byName.insert(late.name, table.key());
        }
        before.tables.insert(table.key(), late);
    }
    m_now = std::move(before);
}

} // namespace holdpoint
