// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitekeyrules.h"

#include "effects/sqlitereading.h"
#include "session/sqlitevalue.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <optional>
#include <sqlite3.h>

namespace holdpoint {

Result<QList<SqliteForeignKey>> foreignKeysOf(sqlite3* handle, const QByteArray& database)
{
    const QByteArray schema = quotedSqlite(database);
    SqliteReading rows(handle,
                       "SELECT m.name, f.id, p.name, f.\"from\", coalesce(f.\"to\", (SELECT x.name FROM"
                       " pragma_table_xinfo(p.name, ?1) x WHERE x.pk = f.seq + 1)) FROM "
                           + schema + ".sqlite_schema m JOIN pragma_foreign_key_list(m.name, ?1) f JOIN " + schema
                           + ".sqlite_schema p ON p.type = 'table' AND p.name = f.\"table\" COLLATE NOCASE"
                             " WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq");
    if (rows.isPrepared())
        (void)bindSqliteValue(rows.statement(), 1, Value::text(QString::fromUtf8(database)));
    QList<SqliteForeignKey> keys;
    std::pair<QByteArray, qint64> last;
    while (rows.next()) {
        const std::pair current(rows.bytes(0), rows.integer(1));
        if (keys.isEmpty() || current != last)
            keys.append({ database, rows.bytes(0), rows.bytes(2), {}, {} });
        last = current;
        keys.last().columns.append(rows.bytes(3));
        keys.last().referenced.append(rows.bytes(4));
    }
    if (rows.failed())
        return rows.error();
    keys.removeIf([](const SqliteForeignKey& key) { return key.referenced.contains(QByteArray()); });
    return keys;
}

namespace {

/// By SQLite's rules for a declared type.
QByteArray affinityOf(const QByteArray& type)
{
    const auto has = [declared = type.toUpper()](const char* part) { return declared.contains(part); };
    if (has("INT"))
        return "INTEGER";
    if (has("CHAR") || has("CLOB") || has("TEXT"))
        return "TEXT";
    if (type.isEmpty() || has("BLOB"))
        return "BLOB";
    return has("REAL") || has("FLOA") || has("DOUB") ? "REAL" : "NUMERIC";
}

/// Affinity and collation of a column; none: there is no such column.
std::optional<QByteArray> rulesOf(sqlite3* handle, const QByteArray& database, const QByteArray& table,
                                  const QByteArray& column)
{
    const char* type = nullptr;
    const char* collation = nullptr;
    const int code = sqlite3_table_column_metadata(handle, database.constData(), table.constData(), column.constData(),
                                                   &type, &collation, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return {};
    return affinityOf(type) + ' ' + QByteArray(collation).toUpper();
}

} // namespace

bool comparesAlike(sqlite3* handle, const SqliteForeignKey& key)
{
    for (qsizetype i = 0; i < key.columns.size(); ++i) {
        const auto own = rulesOf(handle, key.database, key.child, key.columns.at(i));
        if (!own || own != rulesOf(handle, key.database, key.parent, key.referenced.at(i)))
            return false;
    }
    return true;
}

bool comparesBytes(sqlite3* handle, const SqliteForeignKey& key)
{
    return comparesAlike(handle, key) && std::ranges::all_of(key.columns, [&](const QByteArray& column) {
               return rulesOf(handle, key.database, key.child, column)->endsWith(" BINARY");
           });
}

Result<bool> hasLeadingIndex(sqlite3* handle, const SqliteForeignKey& key)
{
    SqliteReading rows(
        handle,
        "SELECT 1 FROM pragma_index_list(?1, ?2) l, pragma_index_xinfo(l.name, ?2) i WHERE NOT l.partial"
        " AND i.seqno = 0 AND i.name = ?3 COLLATE NOCASE UNION ALL SELECT 1 FROM pragma_table_xinfo(?1, ?2)"
        " x WHERE x.pk = 1 AND x.name = ?3 COLLATE NOCASE");
    int place = 0;
    for (const QByteArray& text : { key.child, key.database, key.columns.constFirst() }) {
        if (rows.isPrepared())
            (void)bindSqliteValue(rows.statement(), ++place, Value::text(QString::fromUtf8(text)));
    }
    const bool found = rows.next();
    return rows.failed() ? Result<bool>(rows.error()) : found;
}

Result<bool> hasWholeIndex(sqlite3* handle, const SqliteForeignKey& key)
{
    // Behind each index its first columns, as many as the key has; a rowid that is the column is an index of one.
    SqliteReading rows(handle,
                       "SELECT l.seq, i.name COLLATE BINARY FROM pragma_index_list(?1, ?2) l,"
                       " pragma_index_xinfo(l.name, ?2) i WHERE NOT l.partial AND i.key AND i.seqno < ?3"
                       " AND i.coll = 'BINARY' UNION ALL SELECT -1, x.name FROM pragma_table_xinfo(?1, ?2) x"
                       " WHERE x.pk = 1 AND x.type = 'INTEGER' COLLATE NOCASE AND ?3 = 1 ORDER BY 1");
    if (rows.isPrepared()) {
        (void)bindSqliteValue(rows.statement(), 1, Value::text(QString::fromUtf8(key.child)));
        (void)bindSqliteValue(rows.statement(), 2, Value::text(QString::fromUtf8(key.database)));
        (void)bindSqliteValue(rows.statement(), 3, Value::integer(key.columns.size()));
    }
    QHash<qint64, QSet<QByteArray>> indexes;
    while (rows.next())
        indexes[rows.integer(0)].insert(rows.bytes(1).toLower());
    QSet<QByteArray> wanted;
    for (const QByteArray& column : key.columns)
        wanted.insert(column.toLower());
    const bool found = std::ranges::any_of(indexes, [&](const auto& columns) { return columns == wanted; });
    return rows.failed() ? Result<bool>(rows.error()) : found;
}

} // namespace holdpoint
