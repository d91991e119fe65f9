// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqliteschemadiff.h"

#include "effects/sqlitereading.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QByteArray keyOf(const QByteArray& database, const QByteArray& type, const QByteArray& name)
{
    return database + '\0' + type + '\0' + name;
}

QByteArray keyOf(const SqliteObject& object)
{
    return keyOf(object.database, object.type, object.name);
}

QString described(const SqliteObject& object)
{
    return QString::fromUtf8(object.type + ' ' + object.database + '.' + object.name);
}

SchemaChange changeOf(const QString& kind, const SqliteObject& object, const QByteArray& before,
                      const QByteArray& after)
{
    return { kind, described(object), QString::fromUtf8(before), QString::fromUtf8(after) };
}

} // namespace

Result<SqliteSchemaImage> SqliteSchemaImage::read(sqlite3* handle)
{
    SqliteSchemaImage image;
    for (const auto& [database, schema] :
         { std::pair("main"_ba, "main.sqlite_schema"_ba), std::pair("temp"_ba, "sqlite_temp_schema"_ba) }) {
        SqliteReading objects(handle, "SELECT type, name, sql, rootpage FROM " + schema);
        while (objects.next()) {
            const SqliteObject object { database, objects.bytes(0), objects.bytes(1), objects.bytes(2),
                                        objects.integer(3) };
            image.m_objects.insert(keyOf(object), object);
            image.m_version
                += keyOf(object) + '\0' + object.definition + '\0' + QByteArray::number(object.rootPage) + '\0';
        }
        if (objects.failed())
            return objects.error();
    }
    return image;
}

QList<SqliteObject> SqliteSchemaImage::tables() const
{
    QList<SqliteObject> tables;
    for (const SqliteObject& object : m_objects) {
        if (object.type == "table" && object.rootPage != 0)
            tables.append(object);
    }
    return tables;
}

bool SqliteSchemaImage::hasTable(const SqliteTableId& id) const
{
    return m_objects.contains(keyOf(id.database, "table", id.name));
}

bool SqliteSchemaImage::hasVirtualTables() const
{
    return std::ranges::any_of(
        m_objects, [](const SqliteObject& object) { return object.type == "table" && object.rootPage == 0; });
}

QList<SqliteTableId> SqliteSchemaImage::shadowsOf(const SqliteTableId& virtualTable) const
{
    QList<SqliteTableId> shadows;
    for (const SqliteObject& object : tables()) {
        if (object.database == virtualTable.database && object.name.startsWith(virtualTable.name + '_')
            && object.name.lastIndexOf('_') == virtualTable.name.size())
            shadows.append(object.table());
    }
    return shadows;
}

qint64 SqliteSchemaImage::rootPage(const SqliteTableId& id) const
{
    return m_objects.value(keyOf(id.database, "table", id.name)).rootPage;
}

SqliteTableId SqliteSchemaImage::tableAt(const QByteArray& database, qint64 rootPage) const
{
    for (const SqliteObject& object : tables()) {
        if (object.database == database && object.rootPage == rootPage)
            return object.table();
    }
    return {};
}

QList<SchemaChange> SqliteSchemaImage::changesSince(
    const SqliteSchemaImage& before, const std::function<SqliteTableId(const SqliteTableId&)>& formerName) const
{
    QList<SchemaChange> changes;
    QSet<QByteArray> kept;
    for (const SqliteObject& object : m_objects) {
        QByteArray key = keyOf(object);
        if (object.type == "table") {
            const SqliteTableId former = formerName(object.table());
            key = keyOf(former.database, "table", former.name);
        }
        const auto old = before.m_objects.constFind(key);
        if (old == before.m_objects.cend()) {
            if (!object.definition.isEmpty())
                changes.append(changeOf(u"create"_s, object, {}, object.definition));
            continue;
        }
        kept.insert(key);
        if (old->definition != object.definition)
            changes.append(changeOf(u"alter"_s, *old, old->definition, object.definition));
    }
    for (auto old = before.m_objects.cbegin(); old != before.m_objects.cend(); ++old) {
        if (!kept.contains(old.key()) && !old->definition.isEmpty())
            changes.append(changeOf(u"drop"_s, *old, old->definition, {}));
    }
    return changes;
}

} // namespace holdpoint
