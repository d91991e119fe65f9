// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitelednowhere.h"

#include "effects/dangling.h"
#include "effects/keymatch.h"
#include "effects/sqlitekeyvalues.h"
#include "session/sqlitevalue.h"

#include <QSet>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qint64 smallTable = 50'000; // rows, at most

/// The rows that refer to values of one key.
class ReferringRows
{
public:
    ReferringRows(sqlite3* handle, const SqliteForeignKey& key)
        : m_handle(handle)
        , m_key(key)
    {
    }
    /// None: not without reading a large table.
    [[nodiscard]] Result<std::optional<SqliteKeyCounts>> count(const QList<Row>& values);

private:
    [[nodiscard]] QByteArray table() const { return quotedSqlite(m_key.database) + '.' + quotedSqlite(m_key.child); }
    [[nodiscard]] QByteArrayList columns() const;
    [[nodiscard]] Result<std::optional<SqliteKeyCounts>> byIndex(const QList<Row>& values);
    [[nodiscard]] Result<std::optional<SqliteKeyCounts>> inOnePass(const QList<Row>& values);

    sqlite3* m_handle;
    const SqliteForeignKey& m_key;
};

QByteArrayList ReferringRows::columns() const
{
    QByteArrayList names;
    std::ranges::transform(m_key.columns, std::back_inserter(names), quotedSqlite);
    return names;
}

Result<std::optional<SqliteKeyCounts>> ReferringRows::count(const QList<Row>& values)
{
    const auto indexed = hasWholeIndex(m_handle, m_key);
    if (!indexed)
        return indexed.error();
    return *indexed ? byIndex(values) : inOnePass(values);
}

Result<std::optional<SqliteKeyCounts>> ReferringRows::byIndex(const QList<Row>& values)
{
    SqliteKeyCounts counts;
    const QList<int> places = placesOf(m_key);
    SqliteKeyLookUp child(m_handle, m_key.database, m_key.child, m_key.columns);
    for (const Row& value : values) {
        const auto rows = child.count(value);
        if (!rows)
            return rows.error();
        if (*rows > 0)
            counts.insert(keyBytes(value, places), *rows);
    }
    return std::optional(std::move(counts));
}

Result<std::optional<SqliteKeyCounts>> ReferringRows::inOnePass(const QList<Row>& values)
{
    const QList<int> places = placesOf(m_key);
    QSet<QByteArray> wanted;
    for (const Row& value : values)
        wanted.insert(keyBytes(value, places));
    SqliteKeyCounts counts;
    SqliteReading rows(m_handle,
                       "SELECT " + columns().join(", ") + " FROM " + table() + " LIMIT "
                           + QByteArray::number(smallTable + 1));
    qint64 seen = 0;
    for (; rows.next(); ++seen) {
        const QByteArray key = keyBytes(sqliteRow(rows.statement()), places);
        if (wanted.contains(key))
            ++counts[key];
    }
    if (rows.failed())
        return rows.error();
    return seen > smallTable ? std::nullopt : std::optional(std::move(counts));
}

/// Without those of a value that the effects also took away: another row had it.
Result<void> removeMoved(const TableEffects& parent, const SqliteForeignKey& key, SqliteDanglings& values)
{
    const QList<int> places = placesOf(key);
    const auto told = changedKeyValues(parent, key.referenced, false, [&](const QList<Row>& gone) -> Result<void> {
        for (const Row& value : gone)
            values.remove(keyBytes(value, places));
        return {};
    });
    return told ? Result<void>() : told.error();
}

/// Adds those of the values that rows referred to before the effects.
Result<void> addReferred(ReferringRows& rows, const SqliteForeignKey& key, const TableEffects* child,
                         const QList<Row>& values, SqliteDanglings& referred)
{
    const auto now = rows.count(values);
    if (!now)
        return now.error();
    if (!*now || ((*now)->isEmpty() && !child))
        return {};
    const QList<int> places = placesOf(key);
    QSet<QByteArray> asked;
    for (const Row& value : values)
        asked.insert(keyBytes(value, places));
    const auto gains = child ? keyGains(*child, key.columns, asked) : SqliteKeyCounts();
    if (!gains)
        return {};
    for (const Row& value : values) {
        const QByteArray bytes = keyBytes(value, places);
        if (const qint64 before = (*now)->value(bytes) - gains->value(bytes); before > 0)
            referred.insert(bytes, { value, before });
    }
    return {};
}

Result<SqliteDanglings> waitingFor(sqlite3* handle, const SqliteForeignKey& key, const TargetEffects& effects)
{
    SqliteDanglings waiting;
    const TableEffects* parent = changedTable(effects, key, key.parent);
    if (!parent || parent->inserted + parent->updated == 0 || !comparesBytes(handle, key))
        return waiting;
    const TableEffects* child = changedTable(effects, key, key.child);
    ReferringRows rows(handle, key);
    const auto told = changedKeyValues(*parent, key.referenced, true, [&](const QList<Row>& values) {
        return addReferred(rows, key, child, values, waiting);
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
            std::ranges::transform(danglingTexts(key, *waiting), std::back_inserter(texts), dangledBeforehandText);
        }
    }
    texts.removeDuplicates();
    return texts;
}

} // namespace holdpoint
