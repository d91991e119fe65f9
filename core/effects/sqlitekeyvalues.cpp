// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitekeyvalues.h"

#include "effects/dangling.h"
#include "effects/keymatch.h"
#include "effects/sqliteshape.h"
#include "session/sqlitevalue.h"

#include <QSet>

#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_set>
#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QByteArray lookUpText(const QByteArray& what, const QByteArray& database, const QByteArray& table,
                      const QByteArrayList& columns)
{
    QByteArrayList conditions;
    for (qsizetype i = 0; i < columns.size(); ++i)
        conditions.append(quotedSqlite(columns.at(i)) + " = ?" + QByteArray::number(i + 1));
    return "SELECT " + what + " FROM " + quotedSqlite(database) + '.' + quotedSqlite(table) + " WHERE "
        + conditions.join(" AND ");
}

// Of an update, whether it left all of these columns alone, which its bytes tell.
bool leavesAlone(RowView row, const QList<int>& places)
{
    return row.change() == ChangeKind::Update && std::ranges::all_of(places, [&](int place) {
               return packed::markOf(row.after().at(place)) == packed::Mark::Unchanged;
           });
}

/// The bytes of the columns in the new or the old row; empty if one is NULL.
void packedKey(RowView row, const QList<int>& places, bool kept, std::string& key)
{
    key.clear();
    const PackedRow after = row.after();
    const PackedRow before = row.before();
    for (const int place : places) {
        std::string_view value = kept ? after.at(place) : before.at(place);
        if (packed::markOf(value) == packed::Mark::Unchanged)
            value = before.at(place);
        if (packed::markOf(value) == packed::Mark::Null)
            return key.clear();
        key.append(value);
    }
}

Row unpackedKey(std::string_view bytes)
{
    Row values;
    while (!bytes.empty()) {
        const size_t size = packed::length(bytes.data());
        values.append(packed::decoded(bytes.substr(0, size)));
        bytes.remove_prefix(size);
    }
    return values;
}

} // namespace

bool isSameSqliteName(const QString& left, const QByteArray& right)
{
    return left.compare(QString::fromUtf8(right), Qt::CaseInsensitive) == 0;
}

namespace {

/// Of these columns; none: the effects do not have them, or not all rows.
std::optional<QList<int>> placesIn(const TableEffects& table, const QByteArrayList& columns)
{
    QList<int> places;
    for (const QByteArray& column : columns) {
        const auto found
            = std::ranges::find_if(table.columns, [&](const QString& c) { return isSameSqliteName(c, column); });
        if (found == table.columns.end())
            return {};
        places.append(static_cast<int>(found - table.columns.begin()));
    }
    if (!table.complete || table.rows.size() != table.inserted + table.updated + table.deleted)
        return {};
    return places;
}

} // namespace

const TableEffects* changedTable(const TargetEffects& effects, const SqliteForeignKey& key, const QByteArray& name)
{
    const auto found = std::ranges::find_if(effects.tables, [&](const TableEffects& table) {
        return table.name.schema == QString::fromUtf8(key.database) && isSameSqliteName(table.name.table, name);
    });
    return found == effects.tables.end() ? nullptr : &*found;
}

Result<bool> changedKeyValues(const TableEffects& table, const QByteArrayList& columns, bool kept,
                              const std::function<Result<void>(const QList<Row>&)>& take)
{
    constexpr qsizetype mostAtOnce = 50000;
    const auto found = placesIn(table, columns);
    if (!found)
        return false;
    const QList<int>& places = *found;
    QList<Row> values;
    std::unordered_set<std::string> seen;
    std::string bytes;
    std::string others;
    for (const RowView row : table.rows.views()) {
        if (row.change() == (kept ? ChangeKind::Delete : ChangeKind::Insert) || leavesAlone(row, places))
            continue;
        packedKey(row, places, kept, bytes);
        if (bytes.empty() || seen.contains(bytes))
            continue;
        if (row.change() == ChangeKind::Update) {
            packedKey(row, places, !kept, others);
            if (bytes == others)
                continue;
        }
        seen.insert(bytes);
        values.append(unpackedKey(bytes));
        if (values.size() < mostAtOnce)
            continue;
        if (const auto taken = take(std::exchange(values, {})); !taken)
            return taken.error();
        seen.clear();
    }
    if (const auto taken = values.isEmpty() ? Result<void>() : take(values); !taken)
        return taken.error();
    return true;
}

std::optional<SqliteKeyCounts> keyGains(const TableEffects& table, const QByteArrayList& columns,
                                        const QSet<QByteArray>& values)
{
    const auto places = placesIn(table, columns);
    if (!places)
        return {};
    SqliteKeyCounts gains;
    for (const RowChange& row : table.rows) {
        if (const QByteArray after = keyBytes(row.after, *places); values.contains(after))
            ++gains[after];
        if (const QByteArray before = keyBytes(row.before, *places); values.contains(before))
            --gains[before];
    }
    return gains;
}

QList<int> placesOf(const SqliteForeignKey& key)
{
    QList<int> places(key.columns.size());
    std::iota(places.begin(), places.end(), 0);
    return places;
}

QStringList danglingTexts(const SqliteForeignKey& key, const SqliteDanglings& values)
{
    ReferenceNames names { QString::fromUtf8(key.child), QString::fromUtf8(key.parent), {} };
    std::ranges::transform(key.columns, std::back_inserter(names.columns),
                           [](const QByteArray& column) { return QString::fromUtf8(column); });
    QList<QByteArray> order = values.keys();
    std::ranges::sort(order);
    QList<DanglingValue> told;
    for (const QByteArray& bytes : std::as_const(order)) {
        const SqliteDangling& value = *values.constFind(bytes);
        DanglingValue& texts = told.emplaceBack(DanglingValue { {}, value.rows });
        std::ranges::transform(value.values, std::back_inserter(texts.texts), &Value::display);
    }
    return danglingTexts(names, told);
}

SqliteKeyLookUp::SqliteKeyLookUp(sqlite3* handle, const QByteArray& database, const QByteArray& table,
                                 const QByteArrayList& columns)
    : m_reading(handle, lookUpText("1", database, table, columns))
    , m_counting(handle, lookUpText("count(*)", database, table, columns))
{
}

void SqliteKeyLookUp::bind(SqliteReading& reading, const Row& values)
{
    reading.rewind();
    for (int i = 0; i < values.size(); ++i)
        (void)bindSqliteValue(reading.statement(), i + 1, values.at(i));
}

Result<bool> SqliteKeyLookUp::finds(const Row& values)
{
    if (!m_reading.isPrepared())
        return m_reading.error();
    bind(m_reading, values);
    const bool found = m_reading.next();
    return m_reading.failed() ? Result<bool>(m_reading.error()) : found;
}

Result<qint64> SqliteKeyLookUp::count(const Row& values)
{
    if (!m_counting.isPrepared())
        return m_counting.error();
    bind(m_counting, values);
    const qint64 rows = m_counting.next() ? m_counting.integer(0) : 0;
    return m_counting.failed() ? Result<qint64>(m_counting.error()) : rows;
}

Result<QList<Row>> SqliteKeyLookUp::missing(const QList<Row>& values)
{
    QList<Row> missing;
    for (const Row& value : values) {
        const auto found = finds(value);
        if (!found)
            return found.error();
        if (!*found)
            missing.append(value);
    }
    return missing;
}

} // namespace holdpoint
