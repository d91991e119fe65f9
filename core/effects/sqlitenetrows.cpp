// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitenetrows.h"

#include "base/vectorregisters.h"
#include "effects/spillindex.h"

#include <algorithm>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

SqliteNetRows::SqliteNetRows(sqlite3* handle, const SqliteTouched& table, const SqliteDescent& descent,
                             SqliteImages& images)
    : m_handle(handle)
    , m_table(table)
    , m_descent(descent)
    , m_images(images)
    , m_now(descent.dropped ? table.shape() : SqliteShape::read(handle, descent.name))
    , m_reshaped(descent.isReshaped() || m_now.width() != table.shape().width())
    , m_finals(table.touches().size(), SqliteImages::nowhere)
{
    followColumns();
}

Result<TableEffects> SqliteNetRows::read(bool all)
{
    releaseVectorRegisters();
    if (!m_descent.dropped && m_table.shape().isAddressable()) {
        if (const auto rows = all ? readAll() : readTouched(); !rows)
            return rows.error();
    }
    pairMoved();
    pairCollated();
    pairByKey();
    countLost();
    countMoved();
    sortByPlace();
    TableEffects result = effects();
    countForbidden(result);
    countNotUnicode(result);
    return result;
}

// Follows each row from where it stood first to where it stands now.
void SqliteNetRows::pairMoved()
{
    const auto& touches = m_table.touches();
    std::vector<bool> taken(touches.size(), false);
    const auto take = [&](int origin) {
        const bool free = !m_descent.born && origin >= 0
            && touches[static_cast<size_t>(origin)].before != SqliteImages::nowhere
            && !taken[static_cast<size_t>(origin)];
        if (free)
            taken[static_cast<size_t>(origin)] = true;
        return free ? origin : nothing;
    };
    std::vector<int> unpaired;
    for (int touch = 0; touch < static_cast<int>(touches.size()); ++touch) {
        const auto place = static_cast<size_t>(touch);
        if (m_finals[place] == SqliteImages::nowhere)
            continue;
        const int origin = take(touches[place].now);
        if (origin == nothing && touches[place].now != SqliteTouch::isNew)
            unpaired.push_back(touch); // SQLite took back what the hook saw
        else
            m_pairs.push_back({ origin, touch, m_finals[place] });
    }
    for (const int touch : unpaired)
        m_pairs.push_back({ take(touch), touch, m_finals[static_cast<size_t>(touch)] });
    for (int touch = 0; touch < static_cast<int>(touches.size()); ++touch) {
        if (take(touch) != nothing)
            m_pairs.push_back({ touch, nothing, SqliteImages::nowhere });
    }
}

// Empty: no primary key, or a NULL in it.
QByteArray SqliteNetRows::keyBefore(const Pair& pair) const
{
    QByteArray key;
    const auto place = m_table.touches()[static_cast<size_t>(pair.before)].before;
    if (m_now.key.isEmpty()) {
        const auto image = m_images.image(place, m_table.shape().width());
        return QByteArray(image.data(), static_cast<qsizetype>(image.size()));
    }
    for (const int column : m_now.key) {
        const int origin = m_reshaped ? m_origins.value(column, -1) : column;
        const auto value = origin < 0 ? packed::nullValue : m_images.value(place, origin);
        if (SqliteImages::isNull(value))
            return {};
        key.append(value.data(), static_cast<qsizetype>(value.size()));
    }
    return key;
}

QByteArray SqliteNetRows::keyNow(const Pair& pair) const
{
    QByteArray key;
    if (m_now.key.isEmpty()) {
        const auto image = m_images.image(pair.now, m_now.width());
        return QByteArray(image.data(), static_cast<qsizetype>(image.size()));
    }
    for (const int column : m_now.key) {
        const auto value = m_images.value(pair.now, column);
        if (SqliteImages::isNull(value))
            return {};
        key.append(value.data(), static_cast<qsizetype>(value.size()));
    }
    return key;
}

bool SqliteNetRows::isInsert(const Pair& pair) const
{
    return pair.before == nothing && pair.now != SqliteImages::nowhere;
}

bool SqliteNetRows::isDelete(const Pair& pair) const
{
    return pair.before != nothing && pair.now == SqliteImages::nowhere;
}

void SqliteNetRows::pair(size_t inserted, size_t deleted)
{
    m_pairs[inserted].before = std::exchange(m_pairs[deleted].before, nothing);
}

// Replaced by a row whose key differs in its bytes only.
void SqliteNetRows::pairCollated()
{
    if (m_collated.empty())
        return;
    QHash<int, size_t> inserted; // by touch
    for (size_t i = 0; i < m_pairs.size(); ++i) {
        if (isInsert(m_pairs[i]))
            inserted.insert(m_pairs[i].after, i);
    }
    for (size_t i = 0; i < m_pairs.size(); ++i) {
        const auto collated = isDelete(m_pairs[i]) ? m_collated.find(m_pairs[i].before) : m_collated.end();
        const int other = collated == m_collated.end() ? nothing : collated->second;
        if (const auto match = inserted.constFind(other); other != nothing && match != inserted.cend()) {
            pair(*match, i);
            inserted.erase(match);
        }
    }
}

// Deleted and inserted again: under the same primary key, or without one, as an equal row.
void SqliteNetRows::pairByKey()
{
    SpillIndex deleted;
    const bool anyInserted = std::ranges::any_of(m_pairs, [this](const Pair& pair) { return isInsert(pair); });
    for (size_t i = 0; i < m_pairs.size() && anyInserted; ++i) {
        if (const QByteArray key = isDelete(m_pairs[i]) ? keyBefore(m_pairs[i]) : QByteArray(); !key.isEmpty())
            deleted.insert(SpillIndex::hashOf(key), static_cast<qint64>(i));
    }
    for (size_t i = 0; i < m_pairs.size() && !deleted.isEmpty(); ++i) {
        const QByteArray key = isInsert(m_pairs[i]) ? keyNow(m_pairs[i]) : QByteArray();
        if (key.isEmpty())
            continue;
        const auto hasKey = [&](qint64 other) { return keyBefore(m_pairs[static_cast<size_t>(other)]) == key; };
        if (const qint64 match = deleted.take(SpillIndex::hashOf(key), hasKey); match != SpillIndex::none)
            pair(i, static_cast<size_t>(match));
    }
    const auto isGone = [this](const Pair& pair) { return !isInsert(pair) && pair.before == nothing; };
    m_pairs.truncate(static_cast<size_t>(std::remove_if(m_pairs.begin(), m_pairs.end(), isGone) - m_pairs.begin()));
}

// In the order of the places where the rows stand: mostly that of the key, so that nothing is left to sort.
void SqliteNetRows::sortByPlace()
{
    const auto& touches = m_table.touches();
    const auto rowid = [&](const Pair& pair) {
        const int touch = pair.before == nothing ? pair.after : pair.before;
        return touch == nothing ? 0 : touches[static_cast<size_t>(touch)].rowid;
    };
    if (!std::ranges::is_sorted(m_pairs, {}, rowid))
        std::ranges::stable_sort(m_pairs, {}, rowid);
}

TableEffects SqliteNetRows::effects() const
{
    TableEffects result;
    const SqliteTableId& name = m_descent.dropped ? m_table.id() : m_descent.name; // as it was called before
    result.name = { QString::fromUtf8(name.database), QString::fromUtf8(name.name) };
    result.columns = m_now.columns;
    for (const int column : m_lost)
        result.columns.append(m_table.shape().columns.at(column));
    result.keyColumns = m_now.key;
    result.generated = m_now.generated;
    result.internal = m_now.internal;
    result.way = CaptureWay::Hooked;
    result.complete = m_table.incomplete().isEmpty();
    result.incompleteReason = m_table.incomplete();
    std::string mapped;
    std::string mappedNow;
    for (const Pair& pair : m_pairs) {
        const PackedRow old = before(pair, mapped);
        const PackedRow now = after(pair, mappedNow);
        if (m_reshaped ? isSameReshaped(pair) : old.bytes == now.bytes)
            continue;
        const RowChange change = changeOf(pair);
        result.inserted += change.change == ChangeKind::Insert ? 1 : 0;
        result.updated += change.change == ChangeKind::Update ? 1 : 0;
        result.deleted += change.change == ChangeKind::Delete ? 1 : 0;
        result.rows.append(change, old, now);
    }
    return result;
}

// Without its rows.
RowChange SqliteNetRows::changeOf(const Pair& pair) const
{
    RowChange change;
    const auto& touches = m_table.touches();
    const SqliteTouch* old = pair.before == nothing ? nullptr : &touches[static_cast<size_t>(pair.before)];
    const SqliteTouch* born
        = pair.after == nothing || touches[static_cast<size_t>(pair.after)].now != SqliteTouch::isNew
        ? nullptr
        : &touches[static_cast<size_t>(pair.after)];
    int command = old ? old->command : born ? born->bornBy : SqliteTouch::noCommand;
    bool direct = (old && old->direct) || (born && born->bornDirect);
    if (command == SqliteTouch::noCommand && (m_descent.dropped || m_descent.born)) {
        command = m_descent.dropped ? m_descent.droppedBy : m_descent.bornBy;
        direct = !m_now.internal;
    }
    change.change = !old                    ? ChangeKind::Insert
        : pair.now == SqliteImages::nowhere ? ChangeKind::Delete
                                            : ChangeKind::Update;
    change.origin = direct ? Origin::Direct : Origin::Indirect;
    if (command != SqliteTouch::noCommand)
        change.command = command;
    if (!old && born && born->assignedBy != SqliteTouch::noStatement && m_now.key.size() == 1) {
        change.assignedKey = true;
        change.volatileColumns = m_now.key;
    }
    if (m_now.hasHiddenRowid())
        setRowids(change, pair);
    return change;
}

} // namespace holdpoint
