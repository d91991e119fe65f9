// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteshape.h"

#include "effects/sqlitereading.h"

#include <QMap>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool hasRealAffinity(const QString& type)
{
    const auto has = [&](QLatin1StringView part) { return type.contains(part, Qt::CaseInsensitive); };
    const bool other = has("INT"_L1) || has("CHAR"_L1) || has("CLOB"_L1) || has("TEXT"_L1) || has("BLOB"_L1);
    return !other && (has("REAL"_L1) || has("FLOA"_L1) || has("DOUB"_L1));
}

void readColumns(sqlite3* handle, const SqliteTableId& table, SqliteShape& shape)
{
    SqliteReading info(handle,
                       "PRAGMA " + quotedSqlite(table.database) + ".table_xinfo(" + quotedSqlite(table.name) + ')');
    QMap<qint64, std::pair<int, int>> key; // by its place in the key
    QList<bool> isReal;
    int stored = 0;
    while (info.next()) {
        const qint64 hidden = info.integer(6); // 1 hidden, 2 virtual generated, 3 stored generated
        if (hidden == 1)
            continue;
        const int column = static_cast<int>(shape.columns.size());
        shape.columns.append(info.text(1));
        shape.isUnicode = shape.isUnicode && shape.columns.last().toUtf8() == info.bytes(1);
        isReal.append(hasRealAffinity(info.text(2)));
        if (info.integer(3) != 0)
            shape.notNull.append(column);
        shape.hasDefault.append(!info.isNull(4));
        if (info.integer(5) > 0)
            key.insert(info.integer(5), { column, stored });
        if (hidden > 1)
            shape.generated.append(column);
        shape.hasVirtual = shape.hasVirtual || hidden == 2;
        stored += hidden == 2 ? 0 : 1;
    }
    for (const auto& [column, place] : std::as_const(key)) {
        shape.key.append(column);
        shape.storedKey.append(place);
    }
    // The columns of the key are stored first, and SQLite 3.40 takes the affinity of the column that the table has
    // there.
    for (int place = 0; place < shape.key.size(); ++place)
        shape.isKeyMisread = shape.isKeyMisread || (isReal.at(place) && !isReal.at(shape.key.at(place)));
}

QByteArray keyIndexOf(sqlite3* handle, const SqliteTableId& table)
{
    SqliteReading list(handle,
                       "PRAGMA " + quotedSqlite(table.database) + ".index_list(" + quotedSqlite(table.name) + ')');
    while (list.next()) {
        if (list.bytes(3) == "pk")
            return list.bytes(1);
    }
    return {};
}

QByteArray rowidOf(const SqliteShape& shape)
{
    for (const auto& name : { "rowid"_ba, "_rowid_"_ba, "oid"_ba }) {
        if (!shape.columns.contains(QLatin1StringView(name), Qt::CaseInsensitive))
            return name;
    }
    return {};
}

} // namespace

QByteArray SqliteTableId::quoted() const
{
    return quotedSqlite(database) + '.' + quotedSqlite(name);
}

SqliteShape SqliteShape::read(sqlite3* handle, const SqliteTableId& table)
{
    SqliteShape shape;
    shape.isUnicode = QString::fromUtf8(table.name).toUtf8() == table.name;
    readColumns(handle, table, shape);
    SqliteReading list(handle,
                       "PRAGMA " + quotedSqlite(table.database) + ".table_list(" + quotedSqlite(table.name) + ')');
    while (list.next()) {
        if (list.bytes(0) != table.database)
            continue;
        shape.isShadow = list.bytes(2) == "shadow";
        shape.internal = shape.isShadow || table.name.startsWith("sqlite_");
        shape.isVirtualTable = list.bytes(2) == "virtual";
        shape.withoutRowid = list.integer(4) != 0;
    }
    shape.isKeyMisread = shape.isKeyMisread && shape.withoutRowid;
    // INTEGER PRIMARY KEY DESC looks like the rowid, but has an index of its own.
    const QByteArray keyIndex = shape.key.isEmpty() ? QByteArray() : keyIndexOf(handle, table);
    if (shape.withoutRowid) {
        shape.keyIndex = keyIndex;
    } else {
        shape.rowid = rowidOf(shape);
        shape.rowidIsColumn = !shape.key.isEmpty() && keyIndex.isEmpty();
    }
    return shape;
}

} // namespace holdpoint
