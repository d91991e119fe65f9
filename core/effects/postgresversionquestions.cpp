// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresversionquestions.h"

namespace holdpoint {

Statement versionsWhere(const Connection& connection, const TableName& table, const PostgresShape& shape,
                        PostgresTouching touching, const QByteArray& condition, const QList<Value>& parameters)
{
    QByteArray columns;
    switch (touching) {
    case PostgresTouching::Birth: columns = "t.ctid, t.cmin, t.xmin, "; break;
    case PostgresTouching::End: columns = "t.ctid, t.cmax, t.xmax, "; break;
    case PostgresTouching::None: break;
    }
    columns += columnList(connection, shape.names);
    columns.chop(2);
    QByteArray text = "SELECT " + columns + " FROM ONLY " + qualified(connection, table) + " t";
    if (!condition.isEmpty())
        text += " WHERE " + condition;
    return { text, parameters };
}

Statement versionsByKey(const Connection& connection, const TableName& table, const PostgresShape& shape,
                        PostgresTouching touching, const QStringList& columns, const QList<Value>& values)
{
    QByteArrayList names;
    QByteArrayList arrays;
    for (qsizetype i = 0; i < columns.size(); ++i) {
        const QString type = shape.types.value(shape.names.indexOf(columns.at(i)));
        names.append("t." + connection.quoted(columns.at(i)));
        arrays.append('$' + QByteArray::number(i + 1) + "::" + type.toUtf8() + "[]");
    }
    const QByteArray condition = names.size() == 1
        ? names.constFirst() + " = ANY (" + arrays.constFirst() + ')'
        : '(' + names.join(", ") + ") IN (SELECT * FROM unnest(" + arrays.join(", ") + "))";
    return versionsWhere(connection, table, shape, touching, condition, values);
}

Statement visibleAt(const Connection& connection, const TableName& table, const Value& places)
{
    return { "SELECT ctid FROM ONLY " + qualified(connection, table) + " WHERE ctid = ANY ($1::tid[])", { places } };
}

Statement successorsOf(const Connection& connection, const TableName& table, const Value& places)
{
    return { "SELECT currtid2($2, u.place) FROM unnest($1::tid[]) WITH ORDINALITY u(place, position)"
             " ORDER BY u.position",
             { places, Value::text(QString::fromUtf8(qualified(connection, table))) } };
}

QByteArray bornInBatch(const PostgresWorlds& worlds)
{
    return "age(t.xmin) <= age('" + worlds.firstXid + "'::xid)";
}

} // namespace holdpoint
