// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitedangled.h"

#include "effects/keymatch.h"
#include "effects/sqlitekeyvalues.h"
#include "effects/sqliteworldbefore.h"
#include "session/sqlitevalue.h"

#include <QSet>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// The values of a key that a run took away from its table, and that its parent does not seem to have had.
Result<QList<Row>> suspects(sqlite3* handle, const SqliteForeignKey& key, const TableEffects& child,
                            const TableEffects* parent)
{
    const auto taken = changedKeyValues(child, key.columns, false);
    if (!taken || taken->isEmpty())
        return QList<Row>();
    if (parent && (parent->inserted > 0 || parent->updated > 0))
        return *taken; // what is there now need not have been
    auto missing = SqliteKeyLookUp(handle, key.database, key.parent, key.referenced).missing(*taken);
    const auto gone = parent && missing ? changedKeyValues(*parent, key.referenced, false) : std::nullopt;
    if (!gone)
        return missing;
    QList<int> places(key.columns.size());
    std::iota(places.begin(), places.end(), 0);
    QSet<QByteArray> there;
    for (const Row& value : *gone)
        there.insert(keyBytes(value, places));
    missing->removeIf([&](const Row& value) { return there.contains(keyBytes(value, places)); });
    return missing;
}

Result<bool> refersToOthers(sqlite3* handle, const TableName& table)
{
    SqliteReading keys(handle, "SELECT 1 FROM pragma_foreign_key_list(?1, ?2)");
    int place = 0;
    for (const QString& text : { table.table, table.schema }) {
        if (keys.isPrepared())
            (void)bindSqliteValue(keys.statement(), ++place, Value::text(text));
    }
    const bool any = keys.next();
    return keys.failed() ? Result<bool>(keys.error()) : any;
}

const TableEffects* tableOf(const TargetEffects& effects, const SqliteForeignKey& key, const QByteArray& name)
{
    const auto found = std::ranges::find_if(effects.tables, [&](const TableEffects& table) {
        return table.name.schema == QString::fromUtf8(key.database) && isSameSqliteName(table.name.table, name);
    });
    return found == effects.tables.end() ? nullptr : &*found;
}

/// Opened when it is first asked for.
class WorldBefore
{
public:
    explicit WorldBefore(SqliteConnection& connection)
        : m_connection(connection)
    {
    }
    [[nodiscard]] Result<QList<Row>> missing(const SqliteForeignKey& key, const QList<Row>& values)
    {
        if (values.isEmpty())
            return values;
        if (!m_before) {
            auto opened = openWorldBefore(m_connection);
            if (!opened)
                return opened.error();
            m_before = std::move(opened).value();
        }
        return SqliteKeyLookUp(m_before->handle(), key.database, key.parent, key.referenced).missing(values);
    }

private:
    SqliteConnection& m_connection;
    std::unique_ptr<SqliteConnection> m_before;
};

Result<QStringList> dangledIn(SqliteConnection& connection, const QString& database, const TargetEffects& effects)
{
    const auto keys = foreignKeysOf(connection.handle(), database.toUtf8());
    if (!keys)
        return keys.error();
    WorldBefore before(connection);
    QStringList texts;
    for (const SqliteForeignKey& key : *keys) {
        const TableEffects* child = tableOf(effects, key, key.child);
        const TableEffects* parent = tableOf(effects, key, key.parent);
        const auto taken = child ? suspects(connection.handle(), key, *child, parent) : Result(QList<Row>());
        if (!taken)
            return taken.error();
        const auto missing = parent ? before.missing(key, *taken) : taken; // unchanged: missing now, missing then
        if (missing)
            texts += danglingTexts(key, *missing);
        else if (!isLocked(missing.error()))
            return missing.error();
        else
            texts.append(u"whether %1 referred to rows of %2 that were not there cannot be told: %3"_s.arg(
                QString::fromUtf8(key.child), QString::fromUtf8(key.parent), missing.error().message));
    }
    return texts;
}

} // namespace

Result<QStringList> dangledBefore(SqliteConnection& connection, const TargetEffects& effects)
{
    if (!effects.schemaChanges.isEmpty())
        return QStringList(); // what there was before cannot be asked by the names of now, nor is it undone
    QSet<QString> databases;
    for (const TableEffects& table : effects.tables) {
        const bool takes
            = !table.internal && table.name.schema != "temp"_L1 && (table.updated > 0 || table.deleted > 0);
        const auto refers = takes ? refersToOthers(connection.handle(), table.name) : Result(false);
        if (!refers)
            return refers.error();
        if (*refers)
            databases.insert(table.name.schema);
    }
    QStringList texts;
    for (const QString& database : std::as_const(databases)) {
        const auto some = dangledIn(connection, database, effects);
        if (!some)
            return some;
        texts += *some;
    }
    texts.removeDuplicates();
    return texts;
}

} // namespace holdpoint
