// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitekeycheck.h"

#include "effects/keymatch.h"
#include "effects/sqliteforeignkeys.h"
#include "effects/sqlitekeyvalues.h"
#include "effects/sqliteworldbefore.h"

#include <QSet>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype fewKeys = 64; // for which a scan each is bearable

/// The rows that a key found broken before the transaction.
using BrokenBefore = std::function<Result<SqliteDanglings>(const SqliteForeignKey& key)>;

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
    [[nodiscard]] QStringList found() && { return std::move(m_found); }

private:
    /// Changed keys of the table that the parent has not; none: the effects cannot tell.
    [[nodiscard]] Result<std::optional<QList<Row>>> without(const TableEffects& table, const QByteArrayList& columns,
                                                            bool kept);
    /// Those of the values that more rows refer to than before, and how many more.
    [[nodiscard]] SqliteDanglings newlyReferred(const TableEffects& child, const QList<Row>& missing) const;
    /// Of these values only, if there are any.
    [[nodiscard]] Result<void> whole(const QList<Row>* among = nullptr);

    sqlite3* m_handle;
    const SqliteForeignKey& m_key;
    const BrokenBefore& m_brokenBefore;
    QStringList m_found;
};

Result<std::optional<QList<Row>>> KeyCheck::without(const TableEffects& table, const QByteArrayList& columns, bool kept)
{
    SqliteKeyLookUp parent(m_handle, m_key.database, m_key.parent, m_key.referenced);
    QList<Row> missing;
    const auto told = changedKeyValues(table, columns, kept, [&](const QList<Row>& values) -> Result<void> {
        const auto some = parent.missing(values);
        if (!some)
            return some.error();
        missing += *some;
        return {};
    });
    if (!told)
        return told.error();
    return *told ? std::optional(missing) : std::nullopt;
}

Result<void> KeyCheck::ofChild(const TableEffects& child)
{
    const auto missing = without(child, m_key.columns, true);
    if (!missing)
        return missing.error();
    if (!*missing)
        return whole();
    if (!(*missing)->isEmpty())
        m_found += danglingTexts(m_key, newlyReferred(child, **missing));
    return {};
}

// A row that was put in anew, as one of several that exchange values, refers to what it referred to.
SqliteDanglings KeyCheck::newlyReferred(const TableEffects& child, const QList<Row>& missing) const
{
    const QList<int> places = placesOf(m_key);
    SqliteDanglings values;
    for (const Row& value : missing)
        values.insert(keyBytes(value, places), { value, 1 });
    const QSet<QByteArray> asked(values.keyBegin(), values.keyEnd());
    const SqliteKeyCounts gains = keyGains(child, m_key.columns, asked).value_or(SqliteKeyCounts());
    for (auto value = values.begin(); value != values.end(); ++value)
        value->rows = gains.value(value.key());
    values.removeIf([](const auto value) { return value->rows <= 0; });
    return values;
}

Result<void> KeyCheck::ofParent(const TableEffects& parent)
{
    const auto found = without(parent, m_key.referenced, false);
    if (!found)
        return found.error();
    if (!*found)
        return whole();
    const QList<Row>& gone = **found;
    if (gone.isEmpty())
        return {};
    if (!comparesAlike(m_handle, m_key))
        return whole();
    if (gone.size() > fewKeys) {
        const auto indexed = hasLeadingIndex(m_handle, m_key);
        if (!indexed)
            return indexed.error();
        if (!*indexed)
            return whole(&gone);
    }
    SqliteKeyLookUp child(m_handle, m_key.database, m_key.child, m_key.columns);
    const QList<int> places = placesOf(m_key);
    SqliteDanglings referred;
    for (const Row& value : gone) {
        const auto rows = child.count(value);
        if (!rows)
            return rows.error();
        if (*rows > 0)
            referred.insert(keyBytes(value, places), { value, *rows });
    }
    m_found += danglingTexts(m_key, referred);
    return {};
}

Result<void> KeyCheck::whole(const QList<Row>* among)
{
    const auto now = brokenRows(m_handle, m_key);
    if (!now)
        return now.error();
    if (now->isEmpty())
        return {};
    const auto before = m_brokenBefore(m_key);
    if (!before && !isLocked(before.error()))
        return before.error();
    // Each may be new where that is not known.
    SqliteDanglings broken = newlyBroken(*now, before ? *before : SqliteDanglings());
    if (among) {
        const QList<int> places = placesOf(m_key);
        QSet<QByteArray> asked;
        for (const Row& value : *among)
            asked.insert(keyBytes(value, places));
        broken.removeIf([&](const auto value) { return !asked.contains(value.key()); });
    }
    m_found += danglingTexts(m_key, broken);
    return {};
}

Result<QStringList> danglingIn(sqlite3* handle, const QString& database, const TargetEffects& effects,
                               const BrokenBefore& brokenBefore)
{
    const auto keys = foreignKeysOf(handle, database.toUtf8());
    if (!keys)
        return keys.error();
    QStringList found;
    for (const SqliteForeignKey& key : *keys) {
        KeyCheck check(handle, key, brokenBefore);
        for (const TableEffects& table : effects.tables) {
            Result<void> held;
            if (table.name.schema == database && isSameSqliteName(table.name.table, key.child))
                held = check.ofChild(table);
            if (held && table.name.schema == database && isSameSqliteName(table.name.table, key.parent))
                held = check.ofParent(table);
            if (!held)
                return held.error();
        }
        found += std::move(check).found();
    }
    return found;
}

QSet<QString> databasesOf(const TargetEffects& effects)
{
    QSet<QString> databases;
    for (const TableEffects& table : effects.tables)
        databases.insert(table.name.schema);
    return databases;
}

} // namespace

Result<QStringList> danglingKeys(SqliteConnection& connection, const TargetEffects& effects)
{
    std::unique_ptr<SqliteConnection> before;
    const auto brokenBefore = [&](const SqliteForeignKey& key) -> Result<SqliteDanglings> {
        if (!before) {
            auto opened = openWorldBefore(connection);
            if (!opened)
                return opened.error();
            before = std::move(opened).value();
        }
        return brokenRows(before->handle(), key);
    };
    QStringList found;
    for (const QString& database : databasesOf(effects)) {
        const auto some = danglingIn(connection.handle(), database, effects, brokenBefore);
        if (!some)
            return some;
        found += *some;
    }
    found.removeDuplicates();
    return found;
}

} // namespace holdpoint
