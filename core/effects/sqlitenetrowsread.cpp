// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitenetrows.h"

#include "effects/undoable.h"

#include <algorithm>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

Result<void> SqliteNetRows::check(const SqliteReading& reading)
{
    return !reading.isPrepared() || reading.failed() ? Result<void>(reading.error()) : Result<void>();
}

// Rowids that lie close together are read in one go: each row is then a step to the next, not a search.
Result<void> SqliteNetRows::readTouched()
{
    const auto& touches = m_table.touches();
    if (!m_now.withoutRowid && !touches.empty()) {
        const auto [least, most] = std::ranges::minmax(touches, {}, &SqliteTouch::rowid);
        constexpr quint64 sparse = 4; // so many rows passed cost as much as one searched for
        const auto distance = static_cast<quint64>(most.rowid) - static_cast<quint64>(least.rowid);
        if (distance / sparse < touches.size())
            return readRange(least.rowid, most.rowid);
    }
    SqliteReading row(m_handle, SqliteTouched::byKeyText(m_descent.name, m_now));
    if (const auto prepared = check(row); !prepared)
        return prepared;
    for (int touch = 0; touch < static_cast<int>(m_finals.size()); ++touch) {
        m_table.bindKey(row, touch);
        if (row.next()) {
            // A key's collation may find a row that is another touch's by its bytes.
            const int other
                = m_now.withoutRowid ? m_table.find(SqliteTouched::keyOf(row.statement(), m_now, 0)) : touch;
            if (other >= 0 && other != touch)
                m_collated.emplace(touch, other);
            else
                m_finals[static_cast<size_t>(touch)] = m_images.addRow(row.statement(), 0);
        } else if (const auto read = check(row); !read) {
            return read;
        }
        row.rewind();
    }
    return {};
}

Result<void> SqliteNetRows::readRange(qint64 first, qint64 last)
{
    SqliteReading row(m_handle,
                      "SELECT " + m_now.rowid + ", * FROM " + m_descent.name.quoted() + " WHERE " + m_now.rowid
                          + " BETWEEN ? AND ?");
    if (const auto prepared = check(row); !prepared)
        return prepared;
    sqlite3_bind_int64(row.statement(), 1, first);
    sqlite3_bind_int64(row.statement(), 2, last);
    while (row.next()) {
        if (const int touch = m_table.find(row.integer(0)); touch >= 0)
            m_finals[static_cast<size_t>(touch)] = m_images.addRow(row.statement(), 1);
    }
    return check(row);
}

Result<void> SqliteNetRows::readAll()
{
    const int first = m_now.withoutRowid ? 0 : 1;
    SqliteReading row(m_handle,
                      "SELECT " + (first ? m_now.rowid + ", " : QByteArray()) + "* FROM " + m_descent.name.quoted());
    while (row.next()) {
        const int touch
            = first ? m_table.find(row.integer(0)) : m_table.find(SqliteTouched::keyOf(row.statement(), m_now, 0));
        const SqliteImages::Place now = m_images.addRow(row.statement(), first);
        if (touch >= 0)
            m_finals[static_cast<size_t>(touch)] = now;
        else
            m_pairs.push_back({ nothing, nothing, now });
    }
    return check(row);
}

void SqliteNetRows::countMoved()
{
    if (!m_now.hasHiddenRowid() || m_now.internal || m_reshaped || m_descent.dropped || m_descent.born)
        return;
    const auto& touches = m_table.touches();
    for (const Pair& pair : m_pairs) {
        if (pair.before == pair.after || pair.before == nothing || pair.after == nothing
            || pair.now == SqliteImages::nowhere)
            continue;
        const SqliteImages::Place before = touches[static_cast<size_t>(pair.before)].before;
        m_movedRows += m_images.image(before, m_now.width()) == m_images.image(pair.now, m_now.width()) ? 1 : 0;
    }
}

QList<Caution> SqliteNetRows::cautions() const
{
    QList<Caution> cautions;
    const QString name = QString::fromUtf8(m_descent.name.name);
    if (m_lostValues > 0)
        cautions.append({ u"column-dropped"_s,
                          u"%1 rows of %2 lose a value with a column that is dropped"_s.arg(m_lostValues).arg(name) });
    if (m_movedRows > 0)
        cautions.append(
            { u"rowids-changed"_s,
              u"%1 rows of %2 get other rowids, which is not shown, and which an undo leaves"_s.arg(m_movedRows)
                  .arg(name) });
    if (m_forbiddenNulls > 0)
        cautions.append(
            { forbiddenNulls,
              u"%1 rows of %2 lose a NULL in a column that is NOT NULL now"_s.arg(m_forbiddenNulls).arg(name) });
    if (m_notUnicode > 0)
        cautions.append(
            { notUnicode,
              u"%1 rows of %2 hold text that is no Unicode, which cannot be put into this file"_s.arg(m_notUnicode)
                  .arg(name) });
    if (!m_now.isUnicode || !m_table.shape().isUnicode)
        cautions.append({ notUnicode, u"the name of %1 or of one of its columns is not UTF-8"_s.arg(name) });
    return cautions;
}

// In UTF-8 such text is bytes like others; to UTF-16 SQLite converts what it is given.
void SqliteNetRows::countNotUnicode(const TableEffects& effects)
{
    SqliteReading encoding(m_handle, "PRAGMA encoding");
    if (!encoding.next() || encoding.bytes(0) == "UTF-8")
        return;
    const auto holdsRaw = [](const PackedRow& row) {
        const char* value = row.first();
        for (qsizetype column = 0; column < row.count; value += packed::length(value), ++column) {
            if (static_cast<packed::Mark>(*value) == packed::Mark::RawText)
                return true;
        }
        return false;
    };
    m_notUnicode = std::ranges::count_if(effects.rows.views(),
                                         [&](RowView row) { return holdsRaw(row.before()) || holdsRaw(row.after()); });
}

// They are older than the rule. A value that stays as it is need not be put back.
void SqliteNetRows::countForbidden(const TableEffects& effects)
{
    if (m_now.notNull.isEmpty() || m_now.internal)
        return;
    std::vector<bool> forbidden(static_cast<size_t>(effects.columns.size()), false);
    for (const int column : std::as_const(m_now.notNull))
        forbidden[static_cast<size_t>(column)] = true;
    const auto isLost = [&](RowView row) {
        const PackedRow old = row.before();
        const char* value = old.first();
        for (qsizetype column = 0; column < old.count; value += packed::length(value), ++column) {
            if (forbidden[static_cast<size_t>(column)] && static_cast<packed::Mark>(*value) == packed::Mark::Null
                && packed::markOf(row.after().at(column)) != packed::Mark::Unchanged)
                return true;
        }
        return false;
    };
    m_forbiddenNulls = std::ranges::count_if(effects.rows.views(), isLost);
}

void SqliteNetRows::setRowids(RowChange& change, const Pair& pair) const
{
    const auto rowid = [this](int touch) {
        return touch == nothing ? std::optional<qint64>() : m_table.touches()[static_cast<size_t>(touch)].rowid;
    };
    const auto before = rowid(pair.before);
    change.rowid = pair.now == SqliteImages::nowhere ? before : rowid(pair.after);
    if (change.rowid && before && before != change.rowid)
        change.formerRowid = before;
}

} // namespace holdpoint
