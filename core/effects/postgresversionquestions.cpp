// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresversionquestions.h"

namespace holdpoint {

namespace {

/// A short list: age() would keep the server from scanning in parallel.
QByteArray isOfBatch(const PostgresWorlds& worlds, const QByteArray& xid, std::optional<quint32> later)
{
    constexpr quint32 mostListed = 4096;
    constexpr quint32 firstNormal = 3; // of the ids
    const quint32 first = worlds.firstXid;
    if (!later || *later - first > mostListed)
        return "age(" + xid + ") <= age('" + QByteArray::number(first) + "'::xid)";
    QByteArrayList listed;
    for (quint32 each = first; each != *later; ++each) {
        if (each >= firstNormal)
            listed.append(QByteArray::number(each));
    }
    return xid + " = ANY ('{" + listed.join(',') + "}'::xid[])";
}

} // namespace

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

PostgresStatements aboutEach(PostgresArrays arrays, std::function<Statement(const Value& array)> question)
{
    return [arrays = std::move(arrays), question = std::move(question)]() -> std::optional<Statement> {
        const auto array = arrays();
        return array ? std::optional(question(*array)) : std::nullopt;
    };
}

PostgresStatements visibleAt(const Connection& connection, const TableName& table, PostgresArrays places)
{
    const QByteArray text = "SELECT ctid FROM ONLY " + qualified(connection, table) + " WHERE ctid = ANY ($1::tid[])";
    return aboutEach(std::move(places), [text](const Value& array) { return Statement { text, { array } }; });
}

PostgresStatements successorsOf(const Connection& connection, const TableName& table, PostgresArrays places)
{
    const Value name = Value::text(QString::fromUtf8(qualified(connection, table)));
    return aboutEach(std::move(places), [name](const Value& array) {
        return Statement { "SELECT currtid2($2, u.place) FROM unnest($1::tid[]) WITH ORDINALITY u(place, position)"
                           " ORDER BY u.position",
                           { array, name } };
    });
}

QByteArray bornInBatch(const PostgresWorlds& worlds, std::optional<quint32> later)
{
    return isOfBatch(worlds, "t.xmin", later);
}

QByteArray endedInBatch(const PostgresWorlds& worlds, std::optional<quint32> later)
{
    // Another session's row lock may replace the xmax by a multixact at any moment: no upper bound is safe.
    return isOfBatch(worlds, "t.xmax", later) + " OR mxid_age(t.xmax) BETWEEN 0 AND mxid_age('" + worlds.firstMulti
        + "'::xid)";
}

} // namespace holdpoint
