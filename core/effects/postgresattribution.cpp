// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresattribution.h"

#include <algorithm>

namespace holdpoint {

namespace {

bool isSameTable(const TableName& written, const TableName& table)
{
    return written.table == table.table && (written.schema.isEmpty() || written.schema == table.schema);
}

/// A partition in another schema than its root has it before its name.
bool isPartition(const TableName& written, const QString& partition)
{
    return !partition.isEmpty() && (written.table == partition || partition.endsWith(u'.' + written.table));
}

} // namespace

size_t PostgresAttribution::begin(std::optional<int> command, const QList<TableName>& written)
{
    Statement statement;
    statement.command = command;
    statement.written = written;
    m_statements.push_back(std::move(statement));
    return m_statements.size() - 1;
}

void PostgresAttribution::marked(size_t statement, quint32 command, quint32 xid)
{
    m_statements[statement].marked = true;
    m_statements[statement].id = command;
    m_marks.push_back(statement);
    std::ignore = isNewest(xid);
    if (m_markedXids.empty() || m_markedXids.back() != xid)
        m_markedXids.push_back(xid);
}

/// Transaction ids ascend, through a wrap-around too.
bool PostgresAttribution::isNewest(quint32 xid)
{
    if (m_newest && static_cast<qint32>(xid - *m_newest) <= 0)
        return false;
    m_newest = xid;
    return true;
}

void PostgresAttribution::inSubtransaction(size_t statement, std::optional<quint32> xid)
{
    // An older id is that of a savepoint around this statement, which then wrote nothing itself.
    m_statements[statement].hasXid = xid && isNewest(*xid);
    m_statements[statement].wroteNothing = !m_statements[statement].hasXid;
    if (!m_statements[statement].hasXid)
        return;
    m_statements[statement].xid = *xid;
    m_subtransactions.push_back(statement);
}

void PostgresAttribution::rewrites(size_t statement, const QList<TableName>& tables)
{
    m_rewriters.emplace_back(statement, tables);
}

std::optional<size_t> PostgresAttribution::subtransactionOf(const PostgresTouch& touch, size_t from, size_t to) const
{
    if (!m_worlds.isOwn(touch.xid) || std::ranges::binary_search(m_markedXids, touch.xid))
        return {};
    const auto age = [&](quint32 xid) { return xid - m_worlds.firstXid; };
    const auto later = std::ranges::upper_bound(m_subtransactions, age(touch.xid), {},
                                                [&](size_t index) { return age(m_statements[index].xid); });
    if (later == m_subtransactions.begin())
        return {};
    const size_t statement = *std::prev(later);
    return statement >= from && statement < to ? std::optional(statement) : std::nullopt;
}

PostgresAttribution::Cause PostgresAttribution::causeOf(const PostgresTouch& touch) const
{
    if (!touch.known)
        return {};
    const auto next
        = std::ranges::upper_bound(m_marks, touch.command, {}, [&](size_t index) { return m_statements[index].id; });
    const bool hasMark = next != m_marks.begin();
    const size_t mark = hasMark ? *std::prev(next) : 0;
    if (hasMark && m_statements[mark].id == touch.command)
        return { mark, true };
    const size_t from = hasMark ? mark + 1 : 0;
    const size_t to = next != m_marks.end() ? *next : m_statements.size();
    if (const auto statement = subtransactionOf(touch, from, to))
        return { statement, false };
    // Statements that told no id may stand between the mark and the row.
    std::optional<size_t> last;
    for (size_t i = to; i > from && !last; --i) {
        const Statement& between = m_statements[i - 1];
        if (!between.marked && !between.failed && !between.hasXid && !between.wroteNothing)
            last = i - 1;
    }
    if (!last)
        return { hasMark ? std::optional(mark) : std::nullopt, false };
    const bool same = hasMark ? m_statements[mark].command == m_statements[*last].command : from == *last;
    return { same ? last : std::nullopt, false };
}

PostgresAttribution::Cause PostgresAttribution::causeOf(const PostgresTouch& first, const PostgresTouch& last) const
{
    Cause cause = causeOf(first);
    if (last.known) {
        const Cause ofLast = causeOf(last);
        if (!first.known)
            return ofLast;
        cause.direct = cause.direct || ofLast.direct;
    }
    return cause;
}

/// Rows that a TRUNCATE or DROP removed carry no id.
void PostgresAttribution::setRemoved(PostgresFoundRow& row, const TableName& table) const
{
    row.change.origin = Origin::Indirect;
    if (row.last.ownEnd)
        return;
    const auto naming = [&](const auto& isNamed) {
        return std::ranges::find_if(
            m_rewriters, [&](const auto& rewriter) { return std::ranges::any_of(rewriter.second, isNamed); });
    };
    auto named = naming([&](const TableName& name) { return isPartition(name, row.change.partition); });
    if (named == m_rewriters.end())
        named = naming([&](const TableName& name) { return isSameTable(name, table); });
    if (named != m_rewriters.end()) {
        row.change.origin = Origin::Direct;
        row.change.command = m_statements[named->first].command;
    } else if (m_rewriters.size() == 1) {
        row.change.command = m_statements[m_rewriters.front().first].command;
    }
}

void PostgresAttribution::see(const PostgresFoundTable& table)
{
    std::ranges::sort(m_markedXids);
    for (qsizetype row = 0; row < table.rows.size(); ++row) {
        const PostgresTouch& first = table.rows.first(row);
        const PostgresTouch& touch = first.known ? first : table.rows.last(row);
        const Cause cause = causeOf(first, table.rows.last(row));
        if (cause.statement && touch.known)
            m_statements[*cause.statement].least = std::min(m_statements[*cause.statement].least, touch.command);
    }
}

void PostgresAttribution::setCause(PostgresFoundRow& row, const TableName& table, const Cause& cause) const
{
    if (!row.first.known && !row.last.known) {
        setRemoved(row, table);
        return;
    }
    row.change.origin = cause.direct ? Origin::Direct : Origin::Indirect;
    if (!cause.statement)
        return;
    const Statement& statement = m_statements[*cause.statement];
    row.change.command = statement.command;
    const auto isRows = [&](const TableName& written) {
        return isSameTable(written, table) || isPartition(written, row.change.partition);
    };
    // The statement's own rows have the least id: whatever it sets off comes later.
    const PostgresTouch& touch = row.first.known ? row.first : row.last;
    const bool namedNone = row.first.known && statement.deletes == Deletes::OwnAlone;
    if (!statement.marked && !namedNone && touch.command == statement.least
        && std::ranges::any_of(statement.written, isRows))
        row.change.origin = Origin::Direct;
}

} // namespace holdpoint
