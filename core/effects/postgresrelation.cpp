// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresrelation.h"

#include "effects/postgrescells.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

QString PostgresRelation::countersText() const
{
    return u"%1 inserted, %2 updated, %3 deleted"_s.arg(inserted).arg(updated).arg(deleted);
}

QString PostgresRelation::shownPartition() const
{
    if (root == 0)
        return {};
    return name.schema == rootName.schema ? name.table : name.schema + '.'_L1 + name.table;
}

int PostgresShape::find(const PostgresShape& other, int index) const
{
    return static_cast<int>(of == other.of ? numbers.indexOf(other.numbers.at(index))
                                           : names.indexOf(other.names.at(index)));
}

QByteArray shapeQuery(const QByteArray& table, const QByteArray& partitionColumns, const QByteArray& more)
{
    return "WITH RECURSIVE named AS MATERIALIZED (" + table
        + ") SELECT a.attname, a.attnum, a.attgenerated <> '',"
          "       coalesce(array_position(i.indkey::int2[], a.attnum), -1), "
        + partitionColumns
        + ",      format_type(a.atttypid, a.atttypmod), a.attrelid::int8, a.atttypid::int8,"
          "       coalesce(i.indimmediate AND i.indisvalid, false)"
        + more
        + "  FROM named"
          "  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = named.oid AND a.attnum > 0 AND NOT a.attisdropped"
          "  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
          "       AND array_position(i.indkey::int2[], a.attnum) < i.indnkeyatts"
          " ORDER BY a.attnum";
}

Result<PostgresShape> readShape(Connection& connection, qint64 oid)
{
    static const QByteArray text = shapeQuery("SELECT $1::int8::oid AS oid", R"sql(a.attname IN (
        WITH RECURSIVE tree(oid) AS (SELECT partrelid FROM pg_catalog.pg_partitioned_table WHERE partrelid = $1::int8::oid
          UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
        SELECT k.attname FROM tree JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = tree.oid
          JOIN pg_catalog.pg_attribute k ON k.attrelid = tree.oid AND k.attnum = ANY (p.partattrs::int2[])))sql",
                                              {});
    const auto rows = connection.query({ text, { Value::integer(oid) }, true });
    if (!rows)
        return rows.error();
    PostgresShape shape = shapeOf(*rows);
    shape.of = oid;
    return shape;
}

PostgresShape shapeOf(const Rowset& answer)
{
    PostgresShape shape;
    shape.printsAlike = true;
    QList<std::pair<qint64, int>> key;
    for (const Row& row : answer.rows) {
        if (row.at(0).isNull()) // without columns
            continue;
        const int index = static_cast<int>(shape.names.size());
        shape.of = row.at(6).toInteger();
        shape.names.append(row.at(0).toText());
        shape.types.append(row.at(5).toText());
        shape.printsAlike = shape.printsAlike && printsAlike(static_cast<quint32>(row.at(7).toInteger()));
        shape.numbers.append(static_cast<int>(row.at(1).toInteger()));
        if (row.at(2).toBoolean())
            shape.generated.append(index);
        if (row.at(3).toInteger() >= 0) {
            key.append({ row.at(3).toInteger(), index });
            shape.keyAtOnce = row.at(8).toBoolean();
        }
        if (row.at(4).toBoolean())
            shape.partitionKey.append(index);
    }
    std::ranges::sort(key);
    for (const auto& [position, index] : key)
        shape.key.append(index);
    return shape;
}

QByteArray qualified(const Connection& connection, const TableName& name)
{
    return connection.quoted(name.schema) + '.' + connection.quoted(name.table);
}

QByteArray columnList(const Connection& connection, const QStringList& names)
{
    QByteArray list;
    for (const QString& name : names)
        list += connection.quoted(name) + ", ";
    return list;
}

TableName nameIn(const Row& row, int schema)
{
    return row.at(schema).isNull() ? TableName() : TableName { row.at(schema).toText(), row.at(schema + 1).toText() };
}

QStringList namesIn(const Value& json)
{
    QStringList names;
    for (const QJsonValue& name : QJsonDocument::fromJson(json.toText().toUtf8()).array())
        names.append(name.toString());
    return names;
}

Result<void> run(Connection& connection, const QByteArray& sql, const QList<Value>& parameters)
{
    if (auto done = connection.query({ sql, parameters }); !done)
        return done.error();
    return {};
}

Result<void> setLockTimeout(Connection& connection, std::chrono::milliseconds timeout)
{
    const Value text = Value::text(QString::number(timeout.count()));
    return run(connection, "SELECT set_config('lock_timeout', $1, false)", { text });
}

} // namespace holdpoint
