// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitekeycheck.h"

#include "effects/keymatch.h"
#include "effects/sqliteforeignkeys.h"
#include "effects/sqlitekeyrules.h"
#include "effects/sqlitereading.h"
#include "session/sqlitevalue.h"

#include <QSet>

#include <algorithm>
#include <functional>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype fewKeys = 64; // for which a scan each is bearable

/// The rows that a key found broken before the transaction.
using BrokenBefore = std::function<Result<SqliteBrokenKeys>(const SqliteForeignKey& key)>;

bool isSameName(const QString& left, const QByteArray& right)
{
    return left.compare(QString::fromUtf8(right), Qt::CaseInsensitive) == 0;
}

/// Some columns of the rows that effects brought to a table, or took away; none: they cannot tell.
std::optional<QList<Row>> changedValues(const TableEffects& table, const QByteArrayList& columns, bool kept)
{
    QList<int> places;
    for (const QByteArray& column : columns) {
        const auto found = std::ranges::find_if(table.columns, [&](const QString& c) { return isSameName(c, column); });
        if (found == table.columns.end())
            return {};
        places.append(static_cast<int>(found - table.columns.begin()));
    }
    if (!table.complete || table.rows.size() != table.inserted + table.updated + table.deleted)
        return {};
    QList<Row> values;
    QSet<QByteArray> known;
    for (const RowChange& row : table.rows) {
        const Row& image = kept ? row.after : row.before;
        const QByteArray bytes = keyBytes(image, places);
        if (bytes.isEmpty() || bytes == keyBytes(kept ? row.before : row.after, places) || known.contains(bytes))
            continue;
        known.insert(bytes);
        Row value;
        for (const int place : places)
            value.append(image.at(place));
        values.append(value);
    }
    return values;
}

/// "SELECT 1 FROM table WHERE every column = ?", asked again and again.
class LookUp
{
public:
    LookUp(sqlite3* handle, const SqliteForeignKey& key, const QByteArray& table, const QByteArrayList& columns)
        : m_reading(handle, text(key, table, columns))
    {
    }
    [[nodiscard]] Result<bool> finds(const Row& values)
    {
        if (!m_reading.isPrepared())
            return m_reading.error();
        m_reading.rewind();
        for (int i = 0; i < values.size(); ++i)
            (void)bindSqliteValue(m_reading.statement(), i + 1, values.at(i));
        const bool found = m_reading.next();
        return m_reading.failed() ? Result<bool>(m_reading.error()) : found;
    }

private:
    static QByteArray text(const SqliteForeignKey& key, const QByteArray& table, const QByteArrayList& columns)
    {
        QByteArrayList conditions;
        for (qsizetype i = 0; i < columns.size(); ++i)
            conditions.append(quotedSqlite(columns.at(i)) + " = ?" + QByteArray::number(i + 1));
        return "SELECT 1 FROM " + quotedSqlite(key.database) + '.' + quotedSqlite(table) + " WHERE "
            + conditions.join(" AND ");
    }
    SqliteReading m_reading;
};

Error violated(const SqliteForeignKey& key, const Row& values)
{
    QStringList texts;
    for (qsizetype i = 0; i < values.size(); ++i)
        texts.append(QString::fromUtf8(key.columns.at(i)) + " = "_L1 + values.at(i).display());
    Error error = makeError(ErrorKind::Statement, u"FOREIGN KEY constraint failed"_s,
                            u"a row of %1 refers to a row of %2 that is not there: %3"_s.arg(
                                QString::fromUtf8(key.child), QString::fromUtf8(key.parent), texts.join(", "_L1)));
    error.hint = u"If it referred to nothing before the run too, add the row that it refers to first, then undo."_s;
    error.table = QString::fromUtf8(key.child);
    error.nativeCode = SQLITE_CONSTRAINT_FOREIGNKEY;
    return error;
}

class KeyCheck
{
public:
    KeyCheck(sqlite3* handle, const SqliteForeignKey& key, const BrokenBefore& brokenBefore)
        : m_handle(handle)
        , m_key(key)
        , m_brokenBefore(brokenBefore)
    {
    }
    [[nodiscard]] Result<void> ofChild(const TableEffects& child);
    [[nodiscard]] Result<void> ofParent(const TableEffects& parent);

private:
    [[nodiscard]] Result<QList<Row>> without(const QList<Row>& values);
    [[nodiscard]] Result<void> whole();

    sqlite3* m_handle;
    const SqliteForeignKey& m_key;
    const BrokenBefore& m_brokenBefore;
};

/// Those of the values that the parent does not have. A parameter has no affinity and no collation: the parent's column
/// decides, as SQLite's foreign keys have it.
Result<QList<Row>> KeyCheck::without(const QList<Row>& values)
{
    LookUp parent(m_handle, m_key, m_key.parent, m_key.referenced);
    QList<Row> missing;
    for (const Row& value : values) {
        const auto found = parent.finds(value);
        if (!found)
            return found.error();
        if (!*found)
            missing.append(value);
    }
    return missing;
}

Result<void> KeyCheck::ofChild(const TableEffects& child)
{
    const auto values = changedValues(child, m_key.columns, true);
    if (!values)
        return whole();
    const auto missing = without(*values);
    if (!missing)
        return missing.error();
    return missing->isEmpty() ? Result<void>() : violated(m_key, missing->constFirst());
}

Result<void> KeyCheck::ofParent(const TableEffects& parent)
{
    const auto values = changedValues(parent, m_key.referenced, false);
    if (!values)
        return whole();
    const auto gone = without(*values);
    if (!gone)
        return gone.error();
    if (gone->isEmpty())
        return {};
    if (!comparesAlike(m_handle, m_key))
        return whole();
    if (gone->size() > fewKeys) {
        const auto indexed = hasLeadingIndex(m_handle, m_key);
        if (!indexed)
            return indexed.error();
        if (!*indexed)
            return whole();
    }
    LookUp child(m_handle, m_key, m_key.child, m_key.columns);
    for (const Row& value : *gone) {
        const auto refers = child.finds(value);
        if (!refers)
            return refers.error();
        if (*refers)
            return violated(m_key, value);
    }
    return {};
}

Result<void> KeyCheck::whole()
{
    const auto now = brokenRows(m_handle, m_key);
    if (!now)
        return now.error();
    if (now->isEmpty())
        return {};
    const auto before = m_brokenBefore(m_key);
    if (!before)
        return before.error();
    return checkNoneIsNew(m_key.child, *now, *before);
}

Result<void> checkDatabase(sqlite3* handle, const QString& database, const TargetEffects& effects,
                           const BrokenBefore& brokenBefore)
{
    const auto keys = foreignKeysOf(handle, database.toUtf8());
    if (!keys)
        return keys.error();
    for (const SqliteForeignKey& key : *keys) {
        KeyCheck check(handle, key, brokenBefore);
        for (const TableEffects& table : effects.tables) {
            Result<void> held;
            if (table.name.schema == database && isSameName(table.name.table, key.child))
                held = check.ofChild(table);
            if (held && table.name.schema == database && isSameName(table.name.table, key.parent))
                held = check.ofParent(table);
            if (!held)
                return held;
        }
    }
    return {};
}

} // namespace

Result<void> checkChangedKeys(SqliteConnection& connection, const TargetEffects& effects)
{
    // Another connection sees the rows of before, as long as this one has not committed.
    std::unique_ptr<Connection> before;
    const auto brokenBefore = [&](const SqliteForeignKey& key) -> Result<SqliteBrokenKeys> {
        if (!before) {
            auto sibling = connection.openSibling();
            if (!sibling)
                return sibling.error();
            before = std::move(sibling).value();
        }
        return brokenRows(static_cast<SqliteConnection&>(*before).handle(), key);
    };
    QSet<QString> databases;
    for (const TableEffects& table : effects.tables)
        databases.insert(table.name.schema);
    for (const QString& database : std::as_const(databases)) {
        if (auto held = checkDatabase(connection.handle(), database, effects, brokenBefore); !held)
            return held;
    }
    return {};
}

} // namespace holdpoint
