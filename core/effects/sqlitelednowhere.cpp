// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitelednowhere.h"

#include "effects/keymatch.h"
#include "effects/sqlitekeyvalues.h"
#include "effects/sqliteshape.h"
#include "session/sqlitevalue.h"

#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qint64 smallTable = 50'000; // rows, at most

/// By keyBytes().
using KeyCounts = QHash<QByteArray, qint64>;

/// The rows that refer to values of one key.
class ReferringRows
{
public:
    ReferringRows(sqlite3* handle, const SqliteForeignKey& key)
        : m_handle(handle)
        , m_key(key)
    {
    }
    /// Whether they can be counted at little cost.
    [[nodiscard]] Result<bool> prepare();
    [[nodiscard]] Result<KeyCounts> count(const QList<Row>& values);

private:
    [[nodiscard]] Result<bool> isSmall();
    [[nodiscard]] QByteArray table() const { return quotedSqlite(m_key.database) + '.' + quotedSqlite(m_key.child); }
    [[nodiscard]] QByteArrayList columns() const;
    [[nodiscard]] Result<KeyCounts> byIndex(const QList<Row>& values);
    [[nodiscard]] Result<KeyCounts> inOnePass(const QList<Row>& values);

    sqlite3* m_handle;
    const SqliteForeignKey& m_key;
    bool m_indexed = false;
};

Result<bool> ReferringRows::prepare()
{
    const auto indexed = hasLeadingIndex(m_handle, m_key);
    if (!indexed)
        return indexed;
    m_indexed = *indexed;
    return m_indexed ? true : isSmall();
}

Result<bool> ReferringRows::isSmall()
{
    const SqliteShape shape = SqliteShape::read(m_handle, { m_key.database, m_key.child });
    if (shape.withoutRowid || shape.rowid.isEmpty())
        return false;
    SqliteReading last(m_handle, "SELECT coalesce(max(" + shape.rowid + "), 0) FROM " + table());
    const bool small = last.next() && last.integer(0) <= smallTable;
    return last.failed() ? Result<bool>(last.error()) : small;
}

QByteArrayList ReferringRows::columns() const
{
    QByteArrayList names;
    std::ranges::transform(m_key.columns, std::back_inserter(names), quotedSqlite);
    return names;
}

Result<KeyCounts> ReferringRows::count(const QList<Row>& values)
{
    return m_indexed ? byIndex(values) : inOnePass(values);
}

Result<KeyCounts> ReferringRows::byIndex(const QList<Row>& values)
{
    KeyCounts counts;
    const QList<int> places = placesOf(m_key);
    SqliteReading rows(m_handle, "SELECT count(*) FROM " + table() + " WHERE " + columns().join(" = ? AND ") + " = ?");
    if (!rows.isPrepared())
        return rows.error();
    for (const Row& value : values) {
        rows.rewind();
        for (int i = 0; i < value.size(); ++i)
            (void)bindSqliteValue(rows.statement(), i + 1, value.at(i));
        if (rows.next() && rows.integer(0) > 0)
            counts.insert(keyBytes(value, places), rows.integer(0));
        if (rows.failed())
            return rows.error();
    }
    return counts;
}

Result<KeyCounts> ReferringRows::inOnePass(const QList<Row>& values)
{
    const QList<int> places = placesOf(m_key);
    QSet<QByteArray> wanted;
    for (const Row& value : values)
        wanted.insert(keyBytes(value, places));
    KeyCounts counts;
    SqliteReading rows(m_handle,
                       "SELECT " + columns().join(", ") + " FROM " + table() + " WHERE "
                           + columns().join(" IS NOT NULL AND ") + " IS NOT NULL");
    while (rows.next()) {
        const QByteArray key = keyBytes(sqliteRow(rows.statement()), places);
        if (wanted.contains(key))
            ++counts[key];
    }
    return rows.failed() ? Result<KeyCounts>(rows.error()) : counts;
}

/// How many changed rows of the child refer to each value now, and did not before. None: the effects cannot tell.
std::optional<KeyCounts> gainedBy(const TableEffects* child, const SqliteForeignKey& key)
{
    KeyCounts counts;
    if (!child || child->inserted + child->updated == 0)
        return counts;
    QList<int> places;
    for (const QByteArray& column : key.columns) {
        const auto same = [&](const QString& name) { return isSameSqliteName(name, column); };
        places.append(static_cast<int>(std::ranges::find_if(child->columns, same) - child->columns.begin()));
    }
    if (places.contains(static_cast<int>(child->columns.size())) || !child->complete
        || child->inserted + child->updated > smallTable)
        return {};
    for (const RowChange& row : child->rows) {
        const QByteArray after = keyBytes(row.after, places);
        if (!after.isEmpty() && after != keyBytes(row.before, places))
            ++counts[after];
    }
    return counts;
}

/// Without those of a value that the effects also took away: another row had it.
Result<void> removeMoved(const TableEffects& parent, const SqliteForeignKey& key, QList<Row>& values)
{
    const QList<int> places = placesOf(key);
    const auto told = changedKeyValues(parent, key.referenced, false, [&](const QList<Row>& gone) -> Result<void> {
        QSet<QByteArray> keys;
        for (const Row& value : gone)
            keys.insert(keyBytes(value, places));
        values.removeIf([&](const Row& value) { return keys.contains(keyBytes(value, places)); });
        return {};
    });
    return told ? Result<void>() : told.error();
}

Result<QList<Row>> waitingFor(sqlite3* handle, const SqliteForeignKey& key, const TargetEffects& effects)
{
    QList<Row> waiting;
    const TableEffects* parent = changedTable(effects, key, key.parent);
    if (!parent || parent->inserted + parent->updated == 0 || !comparesBytes(handle, key))
        return waiting;
    const auto gained = gainedBy(changedTable(effects, key, key.child), key);
    if (!gained)
        return waiting;
    ReferringRows rows(handle, key);
    const auto cheap = rows.prepare();
    if (!cheap)
        return cheap.error();
    if (!*cheap)
        return waiting;
    const QList<int> places = placesOf(key);
    const auto told = changedKeyValues(*parent, key.referenced, true, [&](const QList<Row>& values) -> Result<void> {
        const auto counts = rows.count(values);
        if (!counts)
            return counts.error();
        for (const Row& value : values) {
            const QByteArray bytes = keyBytes(value, places);
            if (counts->value(bytes) > gained->value(bytes))
                waiting.append(value);
        }
        return {};
    });
    if (!told)
        return told.error();
    if (waiting.isEmpty())
        return waiting;
    const auto removed = removeMoved(*parent, key, waiting);
    return removed ? Result(waiting) : removed.error();
}

} // namespace

Result<QStringList> ledNowhere(SqliteConnection& connection, const TargetEffects& effects)
{
    QStringList texts;
    if (!effects.schemaChanges.isEmpty())
        return texts; // it is not undone
    QSet<QString> databases;
    for (const TableEffects& table : effects.tables) {
        if (!table.internal && table.name.schema != "temp"_L1 && table.inserted + table.updated > 0)
            databases.insert(table.name.schema);
    }
    for (const QString& database : std::as_const(databases)) {
        const auto keys = foreignKeysOf(connection.handle(), database.toUtf8());
        if (!keys)
            return keys.error();
        for (const SqliteForeignKey& key : *keys) {
            const auto waiting = waitingFor(connection.handle(), key, effects);
            if (!waiting)
                return waiting.error();
            texts += danglingTexts(key, *waiting);
        }
    }
    texts.removeDuplicates();
    return texts;
}

} // namespace holdpoint
