// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitedangled.h"

#include "effects/dangling.h"
#include "effects/keymatch.h"
#include "effects/sqlitekeyvalues.h"
#include "effects/sqliteworldbefore.h"
#include "session/sqlitevalue.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

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

/// The references of one key that a run took away and that led nowhere before it.
class Dangled
{
public:
    Dangled(sqlite3* now, WorldBefore& before, const SqliteForeignKey& key, const TableEffects* parent)
        : m_now(now, key.database, key.parent, key.referenced)
        , m_before(before)
        , m_key(key)
        , m_parent(parent)
    {
    }
    [[nodiscard]] Result<void> add(const QList<Row>& taken);
    [[nodiscard]] QStringList texts(const TableEffects& child) const;

private:
    /// What is there now need not have been there before.
    [[nodiscard]] bool hasNewParents() const { return m_parent && m_parent->inserted + m_parent->updated > 0; }
    [[nodiscard]] Result<bool> readGone();

    SqliteKeyLookUp m_now;
    WorldBefore& m_before;
    const SqliteForeignKey& m_key;
    const TableEffects* m_parent; // null: the run did not change it
    QList<Row> m_missing;
    std::optional<QSet<QByteArray>> m_gone; // keys of parents that the run deleted
    std::optional<QString> m_unknown; // why some cannot be told
};

Result<void> Dangled::add(const QList<Row>& taken)
{
    auto suspects = hasNewParents() ? Result(taken) : m_now.missing(taken);
    if (!suspects)
        return suspects.error();
    auto missing = m_parent ? m_before.missing(m_key, *suspects) : suspects;
    if (!missing && !isLocked(missing.error()))
        return missing.error();
    if (missing) {
        m_missing += *missing;
        return {};
    }
    const auto read = hasNewParents() ? Result(false) : readGone();
    if (!read)
        return read.error();
    if (*read) {
        const QList<int> places = placesOf(m_key);
        suspects->removeIf([&](const Row& value) { return m_gone->contains(keyBytes(value, places)); });
    }
    if (!suspects->isEmpty())
        m_unknown = missing.error().message;
    return {};
}

Result<bool> Dangled::readGone()
{
    if (m_gone)
        return true;
    QSet<QByteArray> gone;
    const QList<int> places = placesOf(m_key);
    const auto told
        = changedKeyValues(*m_parent, m_key.referenced, false, [&](const QList<Row>& values) -> Result<void> {
              for (const Row& value : values)
                  gone.insert(keyBytes(value, places));
              return {};
          });
    if (told && *told)
        m_gone = std::move(gone);
    return told;
}

// A row that goes to another value while another one comes to its own leaves as many there.
QStringList Dangled::texts(const TableEffects& child) const
{
    const QList<int> places = placesOf(m_key);
    SqliteDanglings dangled;
    for (const Row& value : m_missing)
        dangled.insert(keyBytes(value, places), { value, 0 });
    if (!dangled.isEmpty()) {
        const QSet<QByteArray> asked(dangled.keyBegin(), dangled.keyEnd());
        const SqliteKeyCounts gains = keyGains(child, m_key.columns, asked).value_or(SqliteKeyCounts());
        for (auto value = dangled.begin(); value != dangled.end(); ++value)
            value->rows = -gains.value(value.key());
        dangled.removeIf([](const auto value) { return value->rows <= 0; });
    }
    QStringList texts;
    std::ranges::transform(danglingTexts(m_key, dangled), std::back_inserter(texts), dangledBeforehandText);
    if (m_unknown)
        texts.append(u"whether %1 referred to rows of %2 that were not there cannot be told: %3"_s.arg(
            QString::fromUtf8(m_key.child), QString::fromUtf8(m_key.parent), *m_unknown));
    return texts;
}

Result<QStringList> dangledIn(SqliteConnection& connection, const QString& database, const TargetEffects& effects)
{
    const auto keys = foreignKeysOf(connection.handle(), database.toUtf8());
    if (!keys)
        return keys.error();
    WorldBefore before(connection);
    QStringList texts;
    for (const SqliteForeignKey& key : *keys) {
        const TableEffects* child = changedTable(effects, key, key.child);
        if (!child)
            continue;
        Dangled dangled(connection.handle(), before, key, changedTable(effects, key, key.parent));
        const auto told = changedKeyValues(*child, key.columns, false,
                                           [&](const QList<Row>& values) { return dangled.add(values); });
        if (!told)
            return told.error();
        texts += dangled.texts(*child);
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
