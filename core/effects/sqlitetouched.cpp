// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitetouched.h"

#include <cmath>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Within the hook the row may be gone from other indexes already, one that covers all columns among them: only its own
// tree has it.
QByteArray ownTree(const SqliteTableId& table, const SqliteShape& shape)
{
    return table.quoted() + (shape.withoutRowid ? " INDEXED BY " + quotedSqlite(shape.keyIndex) : " NOT INDEXED"_ba);
}

} // namespace

SqliteTouched::SqliteTouched(sqlite3* handle, SqliteTableId id, SqliteImages& images)
    : m_handle(handle)
    , m_id(std::move(id))
    , m_shape(SqliteShape::read(handle, m_id))
    , m_images(images)
{
    if (m_shape.isKeyMisread)
        (void)touchAll();
    if (!m_shape.isAddressable())
        m_incomplete = u"its columns hide every name of the rowid, so that its rows cannot be read again"_s;
}

int SqliteTouched::touchOld(qint64 rowid)
{
    if (m_shape.withoutRowid) {
        const QByteArray key = oldKey();
        const int found = find(key);
        return found >= 0 ? found : add(0, key, storedImage(0, key));
    }
    const int found = find(rowid);
    if (found >= 0)
        return found;
    if (m_allTouched) // it came since, as a counter does in sqlite_sequence, without the hook
        return add(rowid, {}, SqliteImages::nowhere);
    SqliteImages::Place before = SqliteImages::nowhere;
    // The hook counts stored columns only and mistakes the others' types where there are virtual ones.
    if (!m_shape.hasVirtual)
        before = hookImage();
    return add(rowid, {}, before == SqliteImages::nowhere ? storedImage(rowid, {}) : before);
}

int SqliteTouched::touchNew(qint64 rowid, bool isUpdate)
{
    const QByteArray key = m_shape.withoutRowid ? newKey(isUpdate) : QByteArray();
    const int found = m_shape.withoutRowid ? find(key) : find(rowid);
    return found >= 0 ? found : add(rowid, key, SqliteImages::nowhere);
}

int SqliteTouched::add(qint64 rowid, const QByteArray& key, SqliteImages::Place before)
{
    const int index = static_cast<int>(m_touches.size());
    SqliteTouch& touch = m_touches.emplace_back();
    touch.rowid = rowid;
    touch.before = before;
    touch.now = before == SqliteImages::nowhere ? SqliteTouch::isNew : index;
    if (m_shape.withoutRowid) {
        m_keyPlaces.push_back({ m_keys.append({ key.data(), static_cast<size_t>(key.size()) }), key.size() });
        m_byKey.insert(SpillIndex::hashOf(key), index);
    } else {
        m_byRowid.add(rowid);
    }
    return index;
}

void SqliteTouched::untouch(int touch)
{
    SqliteTouch& kept = m_touches[static_cast<size_t>(touch)];
    kept = { kept.rowid, kept.before, kept.before == SqliteImages::nowhere ? SqliteTouch::isNew : touch };
}

// SQLite 3.40 gives NULL for a column that was added after the row was written, whatever its default is:
// nowhere then, so that the row is read instead.
SqliteImages::Place SqliteTouched::hookImage()
{
    m_images.begin();
    for (int column = 0; column < m_shape.width(); ++column) {
        sqlite3_value* value = nullptr;
        if (sqlite3_preupdate_old(m_handle, column, &value) != SQLITE_OK
            || (m_shape.hasDefault.at(column) && sqlite3_value_type(value) == SQLITE_NULL))
            return SqliteImages::nowhere;
        m_images.add(value);
    }
    return m_images.end();
}

// The row as a query sees it, just before the change.
SqliteImages::Place SqliteTouched::storedImage(qint64 rowid, const QByteArray& key)
{
    if (!m_shape.isAddressable() || (m_shape.isKeyMisread && m_allTouched))
        return SqliteImages::nowhere;
    if (!m_byKeyReading.isPrepared())
        m_byKeyReading = SqliteReading(m_handle, byKeyText(m_id, m_shape));
    if (m_shape.withoutRowid)
        bindKey(m_byKeyReading, key);
    else
        sqlite3_bind_int64(m_byKeyReading.statement(), 1, rowid);
    const bool found = m_byKeyReading.next();
    const SqliteImages::Place place = found ? m_images.addRow(m_byKeyReading.statement(), 0) : SqliteImages::nowhere;
    m_byKeyReading.rewind();
    if (!found)
        m_incomplete = u"a row could not be read before it was changed: SQLite's hook gave its key wrongly"_s;
    return place;
}

void SqliteTouched::appendKey(QByteArray& key, sqlite3_value* value)
{
    constexpr double exactBelow = 9007199254740992.0;
    m_isKeySpoiled = m_isKeySpoiled
        || (m_shape.isKeyMisread && sqlite3_value_type(value) == SQLITE_FLOAT
            && std::abs(sqlite3_value_double(value)) >= exactBelow);
    SqliteImages::appendKey(key, value);
}

QByteArray SqliteTouched::oldKey()
{
    QByteArray key;
    for (const int column : m_shape.key) {
        sqlite3_value* value = nullptr;
        if (sqlite3_preupdate_old(m_handle, column, &value) == SQLITE_OK)
            appendKey(key, value);
    }
    return key;
}

// SQLite numbers the columns of an inserted row like the table's, those of an updated one like the stored ones.
QByteArray SqliteTouched::newKey(bool isUpdate)
{
    QByteArray key;
    for (const int column : isUpdate ? m_shape.storedKey : m_shape.key) {
        sqlite3_value* value = nullptr;
        if (sqlite3_preupdate_new(m_handle, column, &value) == SQLITE_OK)
            appendKey(key, value);
    }
    return key;
}

bool SqliteTouched::touchAll()
{
    if (m_allTouched || m_shape.isVirtualTable)
        return true;
    if (!m_shape.isAddressable())
        return false;
    const int first = m_shape.withoutRowid ? 0 : 1;
    SqliteReading all(m_handle,
                      "SELECT " + (first ? m_shape.rowid + ", " : QByteArray()) + "* FROM " + ownTree(m_id, m_shape));
    while (all.next()) {
        const QByteArray key = first ? QByteArray() : keyOf(all.statement(), m_shape, 0);
        const qint64 rowid = first ? all.integer(0) : 0;
        if ((first ? find(rowid) : find(key)) < 0)
            (void)add(rowid, key, m_images.addRow(all.statement(), first));
    }
    m_allTouched = all.isPrepared() && !all.failed();
    return m_allTouched;
}

QByteArray SqliteTouched::byKeyText(const SqliteTableId& table, const SqliteShape& shape)
{
    QByteArrayList terms;
    for (const int column : shape.key)
        terms.append(quotedSqlite(shape.columns.at(column).toUtf8()) + " = ?");
    const QByteArray where = shape.withoutRowid ? terms.join(" AND ") : shape.rowid + " = ?";
    return "SELECT * FROM " + ownTree(table, shape) + " WHERE " + where;
}

QByteArray SqliteTouched::keyOf(sqlite3_stmt* row, const SqliteShape& shape, int first)
{
    QByteArray key;
    for (const int column : shape.key)
        SqliteImages::appendKey(key, sqlite3_column_value(row, first + column));
    return key;
}

QByteArrayView SqliteTouched::keyOf(int touch) const
{
    const Key& key = m_keyPlaces[static_cast<size_t>(touch)];
    return { m_keys.at(key.place), key.size };
}

int SqliteTouched::find(const QByteArray& key) const
{
    const auto isKey = [&](qint64 touch) { return keyOf(static_cast<int>(touch)) == key; };
    return static_cast<int>(m_byKey.find(SpillIndex::hashOf(key), isKey));
}

void SqliteTouched::bindKey(const SqliteReading& reading, int touch) const
{
    if (m_shape.withoutRowid)
        bindKey(reading, keyOf(touch));
    else
        sqlite3_bind_int64(reading.statement(), 1, m_touches[static_cast<size_t>(touch)].rowid);
}

void SqliteTouched::bindKey(const SqliteReading& reading, QByteArrayView key) const
{
    std::string_view rest(key.data(), static_cast<size_t>(key.size()));
    for (int position = 1; position <= m_shape.key.size(); ++position) { // past the end of a key: NULL
        const size_t size = rest.empty() ? 0 : packed::length(rest.data());
        const std::string_view value = size == 0 ? packed::nullValue : rest.substr(0, size);
        (void)SqliteImages::bind(reading.statement(), position, value);
        rest.remove_prefix(size);
    }
}

} // namespace holdpoint
